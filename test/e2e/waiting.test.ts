import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { nodeRow, run, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage

beforeAll(async () => {
  demo = await startDemo({ speed: 10, environment: {} })
})
afterAll(() => demo.close())

const open = async (workflow: string): Promise<DemoPage['page']> => {
  opened = await demo.open({ workflow })
  return opened.page
}
afterEach(async () => {
  expect(opened.problems).toEqual([])
  await opened.close()
})

it('goes on when it is released', async () => {
  const page = await open('approval')
  await run(page)
  await waitForStatus(page, 'Paused')
  expect(await nodeRow(page, 'Sales lead signs off').textContent()).toContain('Waiting')

  await page.getByRole('button', { name: 'Release' }).click()
  await waitForStatus(page, 'Completed')

  expect(await nodeRow(page, 'Send offer').textContent()).toContain('Completed')
  expect(await page.getByRole('region', { name: 'Approval' }).count()).toBe(0)
})

it('takes the other branch when it is rejected', async () => {
  const page = await open('approval')
  await run(page)
  await waitForStatus(page, 'Paused')

  await page.getByRole('button', { name: 'Reject' }).click()
  await waitForStatus(page, 'Completed')

  expect(await nodeRow(page, 'Archive offer').textContent()).toContain('Completed')
})

it('offers the sign-in in a new tab, and goes on after it', async () => {
  const page = await open('sign-in')
  await run(page)
  const link = page.getByRole('link', { name: 'Sign in to Team documents' })
  await link.waitFor()

  expect(await link.getAttribute('href')).toMatch(/^https:\/\/auth\.example\.com\//)
  expect(await link.getAttribute('target')).toBe('_blank')

  await page.getByRole('button', { name: 'Simulate signing in' }).click()
  await waitForStatus(page, 'Completed')

  expect(await page.getByRole('region', { name: 'Sign-in' }).count()).toBe(0)
})
