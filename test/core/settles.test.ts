import { chromium, type Browser, type Page } from 'playwright'
import { createWorkflowSimulator, finish, scenario, text, toolCall, type Fault, type WorkflowSimulator } from 'use-workflow-stream/testing'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { chromiumArguments, chromiumPath } from '../browser/chromiumPath.ts'
import { bundle } from './bundle.ts'
import { run, type Outcome } from './run.ts'
import { runInBrowser } from './runInBrowser.ts'
import { runInThread } from './runInThread.ts'
import { invokes, startSite, type Site } from './site.ts'

const story = scenario({
  id: 'story',
  workflowId: 'story',
  name: 'Story',
  description: 'Looks something up and writes a text.',
  nodes: [{ id: 'look-up', type: 'action', name: 'Look up', next: ['write'] }, { id: 'write', type: 'summarizer', name: 'Write' }],
  run: [toolCall('look-up'), text('once upon a time', { pieceLength: 16 }), finish()],
})

let simulator: WorkflowSimulator
let site: Site
let browser: Browser
let page: Page
let scripts: { readonly thread: string; readonly browser: string }

beforeAll(async () => {
  scripts = { thread: await bundle('./threadWorker.ts'), browser: await bundle('./browserWorker.ts') }
  browser = await chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumArguments] })
}, 60_000)

afterAll(() => browser.close())

beforeEach(async () => {
  simulator = createWorkflowSimulator({ scenarios: [story], speed: 0 })
  site = await startSite(simulator, { '/worker.js': scripts.browser })
  page = await browser.newPage()
  await page.goto(site.url)
}, 30_000)

afterEach(async () => {
  await page.close()
  await site.close()
  simulator.close()
})

type RunThere = (baseUrl: string, onText: () => void) => Promise<Outcome>

const places: readonly (readonly [string, RunThere])[] = [
  ['Node', runHere],
  ['a thread of Node', (...line) => runInThread(scripts.thread, ...line)],
  ['a web worker', (...line) => runInBrowser(page, 'web worker', ...line)],
  ['a service worker', (...line) => runInBrowser(page, 'service worker', ...line)],
]

// Nothing more comes after the text, so that the line is broken when the text was seen, and not before.
const STALLED: Fault = { kind: 'stall', afterFrames: 6 }
const REFUSED: Fault = { kind: 'status', status: 500 }

const WHOLE: Partial<Outcome> = { status: 'completed', cause: 'finished', result: 'once upon a time', text: 'once upon a time', code: undefined }

// Laws 1 (one POST) and 2 (nothing lost) where there is no page. Broken by: a `window` or `document` that pause.ts takes
// for granted, or a drop in line.ts after which nothing is followed.
describe.each(places)('a run in %s, over HTTP, of one POST', (_, runThere) => {
  it.each<readonly [string, Fault | undefined, Partial<Outcome>, boolean]>([
    ['its result', undefined, WHOLE, false],
    ['its result, read from the task, after a drop', STALLED, WHOLE, true],
    ['the error of a 500', REFUSED, { status: 'error', cause: 'lost', text: '', code: 'server_error' }, false],
  ])('settles with %s', async (_, fault, expected, isRead) => {
    if (fault) simulator.fault(fault)

    const outcome = await runThere(`${site.url}/api/xpander`, () => { if (fault === STALLED) site.breakLines() })

    expect(outcome).toMatchObject({ ...expected, hasDocument: false })
    expect(invokes(simulator)).toBe(1)
    expect(simulator.requests.some(({ path }) => /\/tasks\/[^/]+$/.test(path))).toBe(isRead)
  }, 30_000)
})

function runHere(baseUrl: string, onText: () => void): Promise<Outcome> {
  return new Promise((resolve) => {
    void run(baseUrl, (report) => {
      if (report === 'text') onText()
      else resolve(report)
    })
  })
}
