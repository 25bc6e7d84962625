import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectionChip, faultItem, nodeRow, openFaults, panel, pressFault, requestsSince, run, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage
let asked = 0
/** The answer of the report pipeline when nothing goes wrong. */
let wholeAnswer: string

beforeAll(async () => {
  demo = await startDemo({ speed: 3, environment: {}, outageMs: 2500, stallMs: 6000 })
  const { page, close } = await demo.open()
  await run(page)
  await waitForStatus(page, 'Completed')
  wholeAnswer = await answerOf(page)
  await close()
})
afterAll(() => demo.close())
beforeEach(async () => {
  await fetch(`${demo.url}api/demo/faults`, { method: 'DELETE' })
  asked = (await requestsSince(demo.url, 0)).length
})
afterEach(async () => {
  // Browsers log each request that fails, whoever handles it; nothing else is a complaint that should be there.
  expect(opened.problems.filter((problem) => !problem.startsWith('Failed to load resource'))).toEqual([])
  await opened.close()
})

const answerOf = (page: Page): Promise<string> => page.locator('.turn-answer').last().innerText()

/** How often the simulator was asked to start the workflow. */
const posts = async (): Promise<number> => (await requestsSince(demo.url, asked)).filter(({ path }) => path.endsWith('/invoke/stream')).length

/** How often it was asked for the task. */
const reads = async (): Promise<number> => (await requestsSince(demo.url, asked)).filter(({ path }) => /\/tasks\/[^/]+$/.test(path)).length

async function open(workflow?: string): Promise<Page> {
  opened = await demo.open(workflow === undefined ? {} : { workflow })
  await openFaults(opened.page)
  return opened.page
}

/** A report under way, with text on the page. */
async function runReport(): Promise<Page> {
  const page = await open()
  await run(page)
  await page.getByRole('heading', { name: 'Summary' }).waitFor()
  return page
}

describe('a fault in the middle of a run', () => {
  it.each([
    ['Cut the line', 'Recovering'],
    ['Server down for 10 seconds', 'Recovering'],
    ['Cut, then 429', 'Recovering'],
  ])('%s: shows it, catches up, and ends as if nothing had been', async (title, word) => {
    const page = await runReport()

    await pressFault(page, title)
    await connectionChip(page, word).waitFor()
    await page.locator('.run-header').getByText(/Try \d+ in \d+ s/).waitFor()
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await page.locator('.run-header').textContent()).toContain('Caught up')
    expect(await posts()).toBe(1)
  })

  it('Server down for 10 seconds: calls no node skipped that may have run unseen, and draws nothing beyond the axis', async () => {
    const page = await open()
    await run(page)
    await nodeRow(page, 'Sales figures').waitFor()

    await pressFault(page, 'Server down for 10 seconds')
    await waitForStatus(page, 'Completed')

    const timeline = panel(page, 'Timeline')
    const outside = await timeline.evaluate((section) => {
      const edge = section.getBoundingClientRect().right
      return [...section.querySelectorAll('.bar, .moment')].filter((mark) => mark.getBoundingClientRect().right > edge).length
    })
    expect(await timeline.getByText('Not seen').count()).toBeGreaterThan(0)
    expect(await timeline.getByText('Skipped').count()).toBe(0)
    expect(outside).toBe(0)
  })

  it('Go offline: asks for nothing until the network is back', async () => {
    const page = await runReport()

    await pressFault(page, 'Go offline')
    await connectionChip(page, 'Offline').waitFor()
    const readsWhileOffline = await reads()
    await faultItem(page, 'Go offline').getByRole('button', { name: 'Go online' }).click()
    await waitForStatus(page, 'Completed')

    expect(readsWhileOffline).toBe(0)
    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await posts()).toBe(1)
    expect(await page.evaluate(() => navigator.onLine)).toBe(true)
  })

  it('Stall: reads beside the silent stream, and nothing comes twice when that goes on', async () => {
    const page = await open('slow-run')
    await run(page)
    await page.getByText('Read /page-2.').waitFor()

    await pressFault(page, 'Stall for 15 seconds')
    await expect.poll(reads, { timeout: 10_000 }).toBeGreaterThan(0)
    await page.getByText('Read /page-9.').waitFor()

    const pages = [...(await page.locator('.turn-answer').innerText()).matchAll(/page-(\d+)/g)].map(([, number]) => Number(number))
    expect(pages).toEqual(pages.map((_, index) => index + 1))
    expect(await connectionChip(page, 'Live').count()).toBe(1)
    expect(await posts()).toBe(1)
  })

  it('Server down until further notice: gives up, says so, and follows again when asked', async () => {
    const page = await runReport()

    await pressFault(page, 'Server down until further notice')
    await connectionChip(page, 'Connection lost').waitFor()
    await waitForStatus(page, 'Running')
    expect(await answerOf(page)).toContain('The connection was lost here')
    await pressFault(page, 'Server down until further notice')
    await page.getByRole('dialog', { name: 'Faults' }).getByRole('button', { name: 'Follow again' }).click()
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await posts()).toBe(1)
  })

  it('Reload: finds the run by the id in the address and follows it to its end', async () => {
    const page = await open('slow-run')
    await run(page)
    await page.getByText('Read /page-2.').waitFor()

    await Promise.all([page.waitForEvent('load'), pressFault(page, 'Reload in the middle')])
    await connectionChip(page, 'Polling').waitFor()
    await waitForStatus(page, 'Running')
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toContain('20 pages were read')
    expect(await page.locator('.turn-input').innerText()).toContain('Audit www.example.com')
    expect(await posts()).toBe(1)
  })
})

describe('a fault of the next run', () => {
  it('Cut later: catches up', async () => {
    const page = await open()

    await pressFault(page, 'Cut later')
    await faultItem(page, 'Cut later').getByText('Waits for the next run').waitFor()
    await run(page)
    await connectionChip(page, 'Recovering').waitFor()
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await faultItem(page, 'Cut later').getByRole('button', { name: 'Set' }).count()).toBe(1)
    expect(await posts()).toBe(1)
  })

  it('Cut later, before any frame: says that nobody knows, and starts nothing again', async () => {
    const page = await open()

    await faultItem(page, 'Cut later').getByRole('spinbutton').fill('0')
    await pressFault(page, 'Cut later')
    await faultItem(page, 'Cut later').getByText('Waits for the next run').waitFor()
    await run(page)
    await waitForStatus(page, 'Error')

    expect(await answerOf(page)).toContain('unknown_start')
    expect(await posts()).toBe(1)
  })

  it('Every frame twice: says everything once', async () => {
    const page = await open()

    await pressFault(page, 'Every frame twice')
    await faultItem(page, 'Every frame twice').getByText('Waits for the next run').waitFor()
    await run(page)
    await page.getByRole('heading', { name: 'Figures' }).waitFor()
    const textSoFar = await page.locator('.turn-answer .markdown').innerText()
    await waitForStatus(page, 'Completed')

    expect(textSoFar.match(/Sales grew by/g)).toHaveLength(1)
    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await nodeRow(page, 'Sales figures').textContent()).not.toContain('attempts')
    expect(await posts()).toBe(1)
  })

  it('A malformed frame: counts it and goes on', async () => {
    const page = await open()

    await pressFault(page, 'A malformed frame')
    await faultItem(page, 'A malformed frame').getByText('Waits for the next run').waitFor()
    await run(page)
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await page.locator('.run-header').textContent()).toContain('1 malformed')
    expect(await posts()).toBe(1)
  })

  it('Expire the key: asks for another one and sends once more', async () => {
    const page = await open()
    const sent: string[] = []
    page.on('request', (request) => { if (request.url().endsWith('/invoke/stream')) sent.push(request.headers()['x-demo-key'] ?? '') })

    await pressFault(page, 'Expire the key')
    await faultItem(page, 'Expire the key').getByText('Waits for a request').waitFor()
    await run(page)
    await waitForStatus(page, 'Completed')

    expect(sent).toHaveLength(2)
    expect(new Set(sent).size).toBe(2)
    expect(await answerOf(page)).toBe(wholeAnswer)
    // The first was turned away at the door.
    expect(await posts()).toBe(1)
  })

  it('429: says when to try again, keeps the input, and sends nothing by itself', async () => {
    const page = await open()

    await pressFault(page, '429 for the next submit')
    await faultItem(page, '429 for the next submit').getByText('Waits for the next run').waitFor()
    await run(page, 'Are you there?')
    await waitForStatus(page, 'Error')

    expect(await answerOf(page)).toContain('try again in 7.0 s')
    expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('Are you there?')
    expect(await posts()).toBe(1)
  })

  it('Go offline: says that nothing was sent, and keeps the input', async () => {
    const page = await open()

    await pressFault(page, 'Go offline')
    await faultItem(page, 'Go offline').getByText('In force').waitFor()
    await run(page, 'Are you there?')
    await waitForStatus(page, 'Error')

    expect(await answerOf(page)).toContain('There is no network, so nothing was sent')
    expect(await page.locator('.run-header .line-state').innerText()).toBe('The submit did not reach the service and started nothing, so there is no stream.')
    expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('Are you there?')
  })
})

describe('a stop', () => {
  it('that is refused is told, and the run goes on', async () => {
    const page = await runReport()

    await pressFault(page, 'Refuse the next stop')
    await faultItem(page, 'Refuse the next stop').getByText('Waits for a stop').waitFor()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await page.getByText('The service did not stop the run').waitFor()
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await posts()).toBe(1)
  })

  it('that is ignored is never shown as one that happened', async () => {
    const page = await runReport()

    await pressFault(page, 'Ignore the next stop')
    await faultItem(page, 'Ignore the next stop').getByText('Waits for a stop').waitFor()
    await page.getByRole('button', { name: 'Stop', exact: true }).click()
    await waitForStatus(page, 'Stopping…')
    await waitForStatus(page, 'Completed')

    expect(await answerOf(page)).toBe(wholeAnswer)
    expect(await posts()).toBe(1)
  })
})
