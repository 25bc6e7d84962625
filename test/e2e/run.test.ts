import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { nodeRow, panel, run, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage
let page: Page

beforeAll(async () => {
  demo = await startDemo({ speed: 10, environment: {} })
  opened = await demo.open({ workflow: 'report-pipeline' })
  page = opened.page
  await run(page)
  await waitForStatus(page, 'Completed')
})
afterAll(() => demo.close())
afterEach(() => {
  expect(opened.problems).toEqual([])
})

it('shows every node that ran, and the one that did not', async () => {
  for (const name of ['Classify request', 'Sales figures', 'Market researcher', 'Check findings', 'Write report']) {
    expect(await nodeRow(page, name).textContent()).toContain('Completed')
  }
  expect(await panel(page, 'Timeline').getByRole('listitem').filter({ hasText: 'Decline' }).textContent()).toContain('Skipped')
})

it('shows the text as a document and the result as it was sent', async () => {
  const answer = page.getByRole('region', { name: 'Conversation' })

  expect(await answer.getByRole('heading', { name: 'Recommendation' }).isVisible()).toBe(true)
  expect(await answer.getByRole('cell', { name: '€2.97 bn' }).isVisible()).toBe(true)
  expect(await panel(page, 'Result').textContent()).toContain('## Recommendation')
})

it('opens a node to its steps and a sub-agent to its own run', async () => {
  await nodeRow(page, 'Market researcher').click()
  await page.getByRole('button', { name: 'Child run' }).click()

  const child = page.locator('.child-run')
  await child.getByRole('button', { name: 'Market researcher' }).click()

  expect(await child.textContent()).toContain('Web search')
  expect(await child.textContent()).toContain('France extended its purchase bonus')
})

it('lists the raw events, newest last, each with its JSON', async () => {
  await page.getByRole('button', { name: 'Show raw events' }).click()

  const events = panel(page, 'Events')
  await events.getByRole('button', { name: 'taskFinished' }).last().click()

  expect(await events.getByRole('listitem').first().textContent()).toContain('taskCreated')
  expect(await events.getByRole('group', { name: 'Raw event' }).textContent()).toContain('"type": "task_finished"')
})

it('shows the plan as done', async () => {
  expect(await panel(page, 'Plan').textContent()).toContain('4 of 4 done')
})
