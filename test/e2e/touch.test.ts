import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { nodeRow, openFaults, run, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage

beforeAll(async () => { demo = await startDemo({ speed: 10, environment: {} }) })
afterAll(() => demo.close())
afterEach(() => opened.close())

/** What a finger has to hit and is smaller than 44 by 44; a link within a sentence is as large as its words. */
const smallTargets = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>('a, button, select, input, textarea, summary')]
      .filter((element) => element.checkVisibility() && element.closest('.markdown') === null)
      .map((element) => {
        const { width, height } = (element.closest('label.check') ?? element).getBoundingClientRect()
        return { name: element.ariaLabel ?? element.innerText, width: Math.round(width), height: Math.round(height) }
      })
      .filter(({ width, height }) => width < 44 || height < 44)
      .map(({ name, width, height }) => `${name}: ${width} × ${height}`))

it.each<[state: string, workflow: string, reach: (page: Page) => Promise<unknown>]>([
  ['ready, with its options', 'report-pipeline', (page) => page.getByText('Options').click()],
  ['with a run that is over, and all of it open', 'report-pipeline', async (page) => {
    await run(page)
    await waitForStatus(page, 'Completed')
    await nodeRow(page, 'Sales figures').click()
    await nodeRow(page, 'Market researcher').click()
    await page.getByRole('button', { name: 'Child run' }).click()
    await page.getByRole('button', { name: 'Show raw events' }).click()
  }],
  ['that waits for a person, with submits in the queue and turns to choose from', 'approval', async (page) => {
    await page.getByText('Options').click()
    await page.getByLabel('If a turn still runs').selectOption('queue')
    await run(page)
    await waitForStatus(page, 'Paused')
    await page.getByLabel('Input', { exact: true }).fill('Another offer')
    await page.getByRole('button', { name: 'Add to queue' }).click()
    await page.getByRole('button', { name: 'Cancel' }).waitFor()
  }],
  ['with a sign-in', 'sign-in', async (page) => {
    await run(page)
    await page.getByRole('link', { name: 'Sign in to Team documents' }).waitFor()
  }],
  ['of a task that nobody knows', 'question-and-answer', async (page) => {
    await page.goto(`${page.url()}&task=nobodys`)
    await page.getByRole('button', { name: 'Begin a new conversation' }).waitFor()
  }],
  ['with the drawer of faults', 'report-pipeline', openFaults],
])('on a phone, everything to press is 44 pixels wide and high on a page %s', async (_state, workflow, reach) => {
  opened = await demo.open({ workflow, width: 390, height: 844 })
  await reach(opened.page)

  expect(await smallTargets(opened.page)).toEqual([])
})
