import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { connectionChip, faultItem, nodeRow, openFaults, overflowOf, pressFault, run, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage

beforeAll(async () => {
  demo = await startDemo({ speed: 10, environment: {} })
})
afterAll(() => demo.close())
afterEach(() => opened.close())

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

/** What axe-core finds on the page as it is now. */
async function findings(page: Page): Promise<string[]> {
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axeSource)
  return page.evaluate(async () => {
    const { violations } = await (window as unknown as { axe: { run: () => Promise<{ violations: { id: string; nodes: { html: string }[] }[] }> } }).axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html}`))
  })
}

/** Brings the page into a state that stays as it is. */
const states: Readonly<Record<string, { readonly workflow: string; readonly reach: (page: Page) => Promise<void> }>> = {
  idle: {
    workflow: 'report-pipeline',
    reach: async (page) => {
      await page.getByText('Options').click()
      await page.getByText('Classify request').waitFor()
    },
  },
  running: {
    workflow: 'sign-in',
    reach: async (page) => {
      await run(page)
      await page.getByRole('link', { name: 'Sign in to Team documents' }).waitFor()
    },
  },
  paused: {
    workflow: 'approval',
    reach: async (page) => {
      await run(page)
      await waitForStatus(page, 'Paused')
    },
  },
  finished: {
    workflow: 'report-pipeline',
    reach: async (page) => {
      await run(page)
      await waitForStatus(page, 'Completed')
      await nodeRow(page, 'Sales figures').click()
      await page.getByRole('button', { name: 'Input' }).first().click()
      await nodeRow(page, 'Market researcher').click()
      await page.getByRole('button', { name: 'Child run' }).click()
      await page.getByRole('button', { name: 'Show raw events' }).click()
      await page.getByRole('button', { name: 'taskFinished' }).last().click()
    },
  },
  failed: {
    workflow: 'failed-run',
    reach: async (page) => {
      await run(page)
      await waitForStatus(page, 'Failed')
      await nodeRow(page, 'Upload file').click()
    },
  },
  stopped: {
    workflow: 'approval',
    reach: async (page) => {
      await run(page)
      await waitForStatus(page, 'Paused')
      await page.getByRole('button', { name: 'Stop', exact: true }).click()
      await waitForStatus(page, 'Stopped')
    },
  },
  'with the drawer of faults open': {
    workflow: 'approval',
    reach: async (page) => {
      await openFaults(page)
      await pressFault(page, 'Every frame twice')
      await faultItem(page, 'Every frame twice').getByText('Waits for the next run').waitFor()
    },
  },
  'of a run that nobody listens to': {
    workflow: 'approval',
    reach: async (page) => {
      await run(page)
      await waitForStatus(page, 'Paused')
      await page.getByRole('button', { name: 'Stop listening' }).click()
      await connectionChip(page, 'Not connected').waitFor()
    },
  },
  'with submits in the queue': {
    workflow: 'approval',
    reach: async (page) => {
      await page.getByText('Options').click()
      await page.getByLabel('If a turn still runs').selectOption('queue')
      await run(page)
      await waitForStatus(page, 'Paused')
      await page.getByLabel('Input', { exact: true }).fill('Another offer')
      await page.getByRole('button', { name: 'Add to queue' }).click()
      await page.getByRole('list', { name: 'Queue' }).waitFor()
    },
  },
  'of a result that does not fit': {
    workflow: 'json-result',
    reach: async (page) => {
      await run(page, 'It is nice.')
      await waitForStatus(page, 'Completed')
    },
  },
}

describe.each(Object.entries(states))('the page %s', (_name, { workflow, reach }) => {
  it('has nothing that axe-core finds, in light and dark, and does not scroll sideways on a phone', async () => {
    opened = await demo.open({ workflow })
    const { page } = opened
    await reach(page)

    const inLight = await findings(page)
    await page.emulateMedia({ colorScheme: 'dark' })
    const inDark = await findings(page)
    await page.setViewportSize({ width: 360, height: 740 })
    const onPhone = await findings(page)

    expect({ inLight, inDark, onPhone }).toEqual({ inLight: [], inDark: [], onPhone: [] })
    expect(await overflowOf(page)).toBe(0)
    expect(opened.problems).toEqual([])
  })
})

describe('with reduced motion', () => {
  it('nothing turns', async () => {
    opened = await demo.open({ workflow: 'sign-in' })
    await run(opened.page)
    await waitForStatus(opened.page, 'Running')

    expect(await opened.page.evaluate(() => document.getAnimations().length)).toBe(0)
  })
})

describe('by keyboard', () => {
  it('chooses a workflow, runs it and opens a node', async () => {
    opened = await demo.open()
    const { page } = opened
    const focused = (): Promise<{ readonly name: string; readonly hasRing: boolean }> =>
      page.evaluate(() => {
        const element = document.activeElement as HTMLElement
        const label = (element as HTMLInputElement).labels?.[0]?.textContent
        return {
          name: label ?? element.getAttribute('aria-label') ?? element.textContent,
          hasRing: getComputedStyle(element).outlineStyle !== 'none',
        }
      })
    const passed: string[] = []
    const tabTo = async (name: string): Promise<void> => {
      for (let presses = 0; presses < 40; presses += 1) {
        await page.keyboard.press('Tab')
        const at = await focused()
        passed.push(at.name)
        expect(at.hasRing).toBe(true)
        if (at.name.startsWith(name)) return
      }
      throw new Error(`Tab never came to ${name}; it went through ${passed.join(', ')}`)
    }

    await tabTo('Workflow')
    await page.keyboard.type('Questions')
    await tabTo('Input')
    await page.keyboard.press('Control+A')
    await page.keyboard.type('My name is')
    await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('Ada.')
    await page.keyboard.press('Enter')
    await waitForStatus(page, 'Completed')
    await tabTo('Answer')
    await page.keyboard.press('Enter')

    expect(passed.slice(0, 5)).toEqual(['Faults', 'Workflow', 'Turns', 'Input', 'Options'])
    expect(await page.getByText('My name is\nAda.').first().isVisible()).toBe(true)
    expect(await nodeRow(page, 'Answer').getAttribute('aria-expanded')).toBe('true')
    expect(await page.locator('.node-details').textContent()).toContain('Tool call')
    expect(opened.problems).toEqual([])
  })
})
