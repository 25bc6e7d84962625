import { chromium, type Browser, type Page } from 'playwright'
import { createWorkflowSimulator, finish, scenario, text, waitForApproval, type WorkflowSimulator } from 'use-workflow-stream/testing'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { chromiumArguments, chromiumPath } from '../browser/chromiumPath.ts'
import { bundle } from './bundle.ts'
import { invokes, startSite, type Site } from './site.ts'

// Goes on when the test says so.
const story = scenario({
  id: 'story',
  workflowId: 'story',
  name: 'Story',
  description: 'Writes a text in two parts.',
  nodes: [{ id: 'ask', type: 'wait', name: 'Ask' }],
  run: [text('once upon a time '), waitForApproval('ask'), text('there was a page'), finish()],
})

let script: string
let simulator: WorkflowSimulator
let site: Site
let browser: Browser
let page: Page
let said: string[]

beforeAll(async () => {
  script = await bundle('./storyPage.tsx')
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumArguments] })
}, 60_000)

afterAll(() => browser.close())

beforeEach(async () => {
  simulator = createWorkflowSimulator({ scenarios: [story], speed: 0 })
  site = await startSite(simulator, { '/page.js': script })
  page = await browser.newPage()
  said = []
  page.on('console', (message) => { if (/^(warning|error)$/.test(message.type())) said.push(message.text()) })
  page.on('pageerror', (error) => said.push(error.message))
  await page.goto(site.url)
}, 30_000)

afterEach(async () => {
  await page.close()
  await site.close()
  simulator.close()
})

const click = (name: string): Promise<void> => page.getByRole('button', { name }).click()
const shows = (role: 'status' | 'note', expected: string): Promise<void> =>
  expect.poll(() => page.getByRole(role).textContent(), { timeout: 10_000 }).toBe(expected)
const goOn = (): boolean => simulator.approve(simulator.tasks[0]!.id)

it('posts once in StrictMode, and over a remount in the middle of the run', async () => {
  await click('Run')
  await shows('status', 'paused open ')
  await click('View')
  await click('View')

  await shows('note', 'once upon a time ')
  goOn()

  await shows('status', 'completed closed ')
  await shows('note', 'once upon a time there was a page')
  expect(invokes(simulator)).toBe(1)
  expect(said).toEqual([])
}, 30_000)

it('posts once for a double click', async () => {
  await page.getByRole('button', { name: 'Run' }).dblclick()
  await shows('status', 'paused open ')
  goOn()

  await shows('status', 'completed closed ')
  expect(invokes(simulator)).toBe(1)
  expect(said).toEqual([])
}, 30_000)

it('posts once when the page is hidden and shown while the run goes on', async () => {
  await click('Run')
  await shows('status', 'paused open ')

  await turnPage('hidden')
  goOn()
  await shows('note', 'once upon a time there was a page')
  await turnPage('visible')

  await shows('status', 'completed closed ')
  expect(invokes(simulator)).toBe(1)
  expect(said).toEqual([])
}, 30_000)

// Laws 1 and 2. Broken by: a drop in line.ts after which nothing is followed, or pause.ts not waking on `visibilitychange`.
it('keeps what was seen when the connection breaks, follows the run to its end, and posts nothing again', async () => {
  await click('Run')
  await shows('status', 'paused open ')

  site.breakLines()
  await shows('status', 'paused polling ')
  await shows('note', 'once upon a time ')
  await turnPage('hidden')
  goOn()
  // A run that is paused is read once a minute, and when the page is shown again.
  await turnPage('visible')

  await shows('status', 'completed closed ')
  await shows('note', 'once upon a time there was a page')
  expect(invokes(simulator)).toBe(1)
  // Chromium itself tells of the broken connection.
  expect(said.filter((line) => !line.includes('net::ERR_'))).toEqual([])
}, 30_000)

/** As far as scripts can tell: a hidden page says so and draws no frame. */
function turnPage(visibility: 'hidden' | 'visible'): Promise<void> {
  return page.evaluate((state) => {
    Object.defineProperty(document, 'visibilityState', { value: state, configurable: true })
    Object.defineProperty(document, 'hidden', { value: state === 'hidden', configurable: true })
    if (state === 'hidden') Object.assign(window, { requestAnimationFrame: () => 0 })
    else Reflect.deleteProperty(window, 'requestAnimationFrame')
    document.dispatchEvent(new Event('visibilitychange'))
  }, visibility)
}
