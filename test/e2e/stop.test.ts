import type { Route } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { readTask, run, taskIdOf, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage

beforeAll(async () => {
  // Fifteen seconds of work: enough that none of these runs ends by itself.
  demo = await startDemo({ speed: 4, environment: {} })
})
afterAll(() => demo.close())
afterEach(() => opened.close())

it('shows "stopped" only when the service has confirmed it', async () => {
  opened = await demo.open({ workflow: 'slow-run' })
  const { page } = opened
  const asked = new Promise<Route>((resolve) => { void page.route('**/stop', resolve) })
  await run(page)
  await page.getByText('Read /page-1.').waitFor()

  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  const route = await asked
  await page.getByRole('button', { name: 'Stopping…' }).waitFor()
  await waitForStatus(page, 'Stopping…')

  await route.continue()
  await waitForStatus(page, 'Stopped')

  expect(await readTask(demo.url, await taskIdOf(page))).toMatchObject({ status: 'stopped', is_manually_stopped: true })
  expect(await page.getByText('Read /page-1.').isVisible()).toBe(true)
  expect(opened.problems).toEqual([])
})

it('goes on running when the service refuses to stop', async () => {
  opened = await demo.open({ workflow: 'slow-run' })
  const { page } = opened
  await fetch(`${demo.url}api/xpander/simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'refuseStop', status: 403 }),
  })
  await run(page)
  await waitForStatus(page, 'Running')

  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await page.getByText('The service did not stop the run').waitFor()

  await waitForStatus(page, 'Running')
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await waitForStatus(page, 'Stopped')
})

it('keeps the focus on the button while it turns from Run to Stop and back', async () => {
  opened = await demo.open({ workflow: 'slow-run' })
  const { page } = opened
  await page.getByRole('button', { name: 'Run', exact: true }).focus()
  await page.keyboard.press('Enter')
  await waitForStatus(page, 'Running')

  await page.keyboard.press('Enter')
  await waitForStatus(page, 'Stopped')

  expect(await page.evaluate(() => document.activeElement?.textContent)).toBe('Run')
})
