import { afterAll, afterEach, beforeAll, beforeEach, expect } from 'vitest'
import { bundle } from '../core/bundle.ts'
import { startChromium } from './chromiumTabs.ts'
import type { ChromiumTabs, Tab } from './chromiumTabs.ts'
import { startHandService } from './handService.ts'
import type { HandService } from './handService.ts'

/** A tab with the page of these tests. */
export interface StoryTab extends Tab {
  readonly run: () => Promise<void>
  /** Waits until a part of the page reads so. */
  readonly shows: (id: 'status' | 'text' | 'result' | 'turns' | 'timeline' | 'tasks', expected: string) => Promise<void>
  readonly waitsForPath: (path: string) => Promise<void>
  /** How often the page itself asked for a run to be started. */
  readonly invokes: () => Promise<number>
  /** What the connection of the newest run was, one after the other. */
  readonly connections: () => Promise<readonly string[]>
}

export interface Stories {
  readonly service: () => HandService
  readonly keepsPages: () => boolean
  readonly open: (query?: string) => Promise<StoryTab>
}

/** For a machine that has other things to do. */
const patience = { timeout: 15_000 }

/** The service of one test, and tabs of a browser that all tests of a file share. */
export function storiesForTests(pageModule = '../chromium/page.tsx'): Stories {
  let script: string
  let chromium: ChromiumTabs
  let service: HandService
  let tabs: Tab[]
  beforeAll(async () => {
    script = await bundle(pageModule)
    chromium = await startChromium()
  })
  afterAll(() => chromium.close())
  beforeEach(async () => {
    tabs = []
    // Another port is another origin, with a storage of its own.
    service = await startHandService(script)
  })
  afterEach(async () => {
    for (const tab of tabs) await tab.close()
    await service.close()
  })
  return {
    service: () => service,
    keepsPages: () => chromium.keepsPages,
    async open(query = '') {
      const tab = await chromium.open(`${service.url}/${query}`)
      tabs.push(tab)
      return createStoryTab(tab)
    },
  }
}

function createStoryTab(tab: Tab): StoryTab {
  const read = (id: string): Promise<string | undefined> =>
    tab.evaluate((name) => document.getElementById(name)?.innerText.trim(), id)
  return {
    ...tab,
    async run() {
      await expect.poll(() => read('status'), patience).toBeDefined()
      await tab.evaluate(() => { document.querySelector('button')?.click() })
    },
    async reload() {
      await tab.evaluate(() => { Object.assign(window, { isLeft: true }) })
      await tab.reload()
      await expect.poll(() => tab.evaluate(() => !('isLeft' in window) && document.querySelector('button') !== null), patience).toBe(true)
    },
    shows: async (id, expected) => { await expect.poll(() => read(id), patience).toBe(expected) },
    waitsForPath: async (path) => { await expect.poll(() => tab.evaluate(() => location.pathname), patience).toBe(path) },
    invokes: () => tab.evaluate(() => performance.getEntriesByType('resource').filter(({ name }) => name.endsWith('/invoke/stream')).length),
    connections: () => tab.evaluate(() => (window as unknown as { readonly connections: readonly string[] }).connections),
  }
}
