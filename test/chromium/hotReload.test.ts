import { chromium } from 'playwright'
import type { Browser, Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { chromiumArguments, chromiumPath } from '../browser/chromiumPath.ts'
import { startDevApp } from './devApp.ts'
import type { DevApp } from './devApp.ts'
import { startHandService } from './handService.ts'
import type { HandService } from './handService.ts'

const create = `createWorkflowClient({ graph: false, recover: { firstDelayMs: 10, maxDelayMs: 10, idleDelayMs: 10, jitter: 0 } })`

/** Modules that hold a client, as people write them; each is loaded anew together with the component that imports it. */
const destroyed = `
import { createWorkflowClient } from 'use-workflow-stream'
export const edition = 'first'
export const client = ${create}
import.meta.hot?.dispose(() => { client.destroy() })
`
const left = destroyed.replace(/import\.meta.*\n/, '')
const kept = `
import { createWorkflowClient } from 'use-workflow-stream'
export const edition = 'first'
export const client = import.meta.hot?.data.client ?? ${create}
if (import.meta.hot) import.meta.hot.data.client = client
`

const app = `
import { useState } from 'react'
import { WorkflowProvider, useWorkflowStream } from 'use-workflow-stream'
import { client, edition } from './client.ts'

export function App() {
  return <WorkflowProvider client={client}><Story /></WorkflowProvider>
}

function Story() {
  const [taskId, setTaskId] = useState<string>()
  const run = useWorkflowStream({ workflowId: 'story', taskId, onTaskId: setTaskId })
  return <button onClick={() => { run.submit('Hi') }}>{edition} {run.status} {run.connection} {run.text}</button>
}
`
const main = `
import { createRoot } from 'react-dom/client'
import { App } from './App.tsx'

createRoot(document.getElementById('root')!).render(<App />)
`
const page = '<!doctype html><title>App</title><link rel="icon" href="data:,"><div id="root"></div><script type="module" src="/main.tsx"></script>'

let browser: Browser
let service: HandService
let dev: DevApp

beforeAll(async () => { browser = await chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumArguments] }) })
afterAll(() => browser.close())
afterEach(async () => {
  for (const context of browser.contexts()) await context.close()
  await dev.close()
  await service.close()
})

const shows = (tab: Page, text: string): Promise<void> => expect.poll(() => tab.locator('button').textContent(), { timeout: 15_000 }).toBe(text)

// Laws 1 and 2. Broken by: `look` of mountedView.ts that reads no unknown task.
it.each([
  ['destroys the client when it goes', destroyed, 'polling ', 'closed once upon a time'],
  ['leaves the client to itself', left, 'polling ', 'closed once upon a time'],
  ['hands the client on', kept, 'open once upon ', 'closed once upon a time'],
])('a module that %s is edited in the middle of a run: the page shows the run to its end, after one POST', async (_, client, after, end) => {
  service = await startHandService('')
  dev = await startDevApp({ 'client.ts': client, 'App.tsx': app, 'main.tsx': main, 'index.html': page }, service.url)
  const tab = await browser.newPage()
  const said: string[] = []
  tab.on('console', (message) => { if (['error', 'warning'].includes(message.type())) said.push(message.text()) })
  tab.on('pageerror', (error) => { said.push(String(error)) })
  await tab.goto(dev.url)
  await tab.evaluate(() => { Object.assign(window, { isFirstPage: true }) })
  await expect.poll(dev.listeners).toBe(1)
  await tab.locator('button').click()
  await shows(tab, 'first executing open ')
  service.say('once upon ')
  await shows(tab, 'first executing open once upon ')

  await dev.edit('client.ts', 'first', 'second')
  await shows(tab, `second executing ${after}`)
  service.finish('once upon a time')

  await shows(tab, `second completed ${end}`)
  expect(await tab.evaluate(() => 'isFirstPage' in window)).toBe(true)
  expect(service.posts()).toHaveLength(1)
  expect(said).toEqual([])
})
