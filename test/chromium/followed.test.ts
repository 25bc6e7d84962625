import { describe, expect, it } from 'vitest'
import { storiesForTests } from './storyTab.ts'
import type { StoryTab } from './storyTab.ts'

const stories = storiesForTests()
// Longer than any test: only what happens to the page can be why a task is read.
const NEVER = '?delay=600000'

/** A tab with a run under way that has told the first half of its text. */
async function openWithRun(query = ''): Promise<StoryTab> {
  const tab = await stories.open(query)
  await tab.run()
  await tab.shows('status', 'executing open')
  stories.service().say('once upon ')
  await tab.shows('text', 'once upon')
  return tab
}

function tellTheRest(): void {
  stories.service().say('a time')
  stories.service().finish('once upon a time')
}

/** Laws 1 (one POST) and 2 (nothing lost, nothing doubled). */
async function expectWhole(tab: StoryTab, reads?: number): Promise<void> {
  await tab.shows('status', 'completed closed')
  await tab.shows('text', 'once upon a time')
  await tab.shows('turns', '1')
  expect(stories.service().posts()).toHaveLength(1)
  if (reads !== undefined) expect(stories.service().reads()).toBe(reads)
}

describe('a tab without a network', () => {
  // Broken by: followTask.ts asking while `isOffline`, or pause.ts not waking on `online`.
  it('says so, asks nothing, and goes on at once when the network is back', async () => {
    const tab = await openWithRun(NEVER)

    await tab.setOffline(true)
    // Chromium pretends to have no network, yet keeps the connections that it has.
    stories.service().breakLines()
    await tab.shows('status', 'executing offline')
    tellTheRest()
    expect(stories.service().reads()).toBe(0)
    await tab.setOffline(false)

    await expectWhole(tab, 1)
    expect(await tab.connections()).toEqual(['connecting', 'open', 'recovering', 'offline', 'recovering', 'closed'])
  })

  // Broken by: a line that is closed at `offline`.
  it('keeps a stream that outlives the gap', async () => {
    const tab = await openWithRun(NEVER)

    await tab.setOffline(true)
    tellTheRest()
    await expectWhole(tab, 0)
    await tab.setOffline(false)

    expect(await tab.connections()).toEqual(['connecting', 'open', 'closed'])
  })
})

describe('a tab that is hidden and shown again', () => {
  // Broken by: fetch-event-source's default of sending the POST again when a page is shown (postStream.ts: without
  // `openWhenHidden`, and without the latch in `fetch` behind it).
  it('goes on with its stream', async () => {
    const tab = await openWithRun(NEVER)

    await tab.hide()
    await tab.show()
    expect(await tab.evaluate(() => document.visibilityState)).toBe('visible')
    tellTheRest()

    await expectWhole(tab, 0)
    expect(await tab.connections()).toEqual(['connecting', 'open', 'closed'])
  })

  it('hears its stream to the end meanwhile', async () => {
    const tab = await openWithRun(NEVER)

    await tab.hide()
    expect(await tab.evaluate(() => document.visibilityState)).toBe('hidden')
    tellTheRest()
    await tab.shows('status', 'completed closed')
    await tab.show()

    await expectWhole(tab, 0)
    expect(await tab.connections()).toEqual(['connecting', 'open', 'closed'])
  })

  // Broken by: pause.ts not waking on `visibilitychange`.
  it('reads a run whose stream broke meanwhile as soon as it is shown', async () => {
    const tab = await openWithRun(NEVER)

    await tab.hide()
    stories.service().breakLines()
    await tab.shows('status', 'executing recovering')
    tellTheRest()
    expect(stories.service().reads()).toBe(0)
    await tab.show()

    await expectWhole(tab, 1)
  })
})

describe('a tab that was frozen', () => {
  it('catches up with what its stream told meanwhile', async () => {
    const tab = await openWithRun()

    await tab.freeze()
    tellTheRest()
    await tab.show()

    await expectWhole(tab, 0)
  })

  // Broken by: a drop in line.ts after which nothing is followed.
  it('catches up with a run whose stream broke meanwhile', async () => {
    const tab = await openWithRun()

    await tab.freeze()
    stories.service().breakLines()
    tellTheRest()
    await tab.show()

    await expectWhole(tab, 1)
  })
})

describe('a page that is left and gone back to', () => {
  const leave = async (tab: StoryTab): Promise<void> => {
    await tab.evaluate(() => { Object.assign(window, { isSame: true }) })
    await tab.goTo(`${stories.service().url}/away`)
    await tab.waitsForPath('/away')
  }
  /** Answers how many reads there have to be: any, when the page was not kept but loaded anew with its task's id. */
  const goBack = async (tab: StoryTab, reads: number): Promise<number | undefined> => {
    await tab.evaluate(() => { history.back() })
    await tab.waitsForPath('/')
    const isSame = await tab.evaluate(() => 'isSame' in window)
    expect(isSame).toBe(stories.keepsPages())
    return isSame ? reads : undefined
  }

  it('goes on with its stream', async () => {
    const tab = await openWithRun('?address&delay=600000')

    await leave(tab)
    const reads = await goBack(tab, 0)
    tellTheRest()

    await expectWhole(tab, reads)
  })

  it('hears what its stream told meanwhile', async () => {
    const tab = await openWithRun('?address&delay=600000')

    await leave(tab)
    tellTheRest()
    const reads = await goBack(tab, 0)

    await expectWhole(tab, reads)
  })

  it('follows a run whose stream broke meanwhile', async () => {
    const tab = await openWithRun('?address')

    await leave(tab)
    stories.service().breakLines()
    tellTheRest()
    const reads = await goBack(tab, 1)

    await expectWhole(tab, reads)
  })

  // Broken by: pause.ts waking neither on `pageshow` nor on `visibilitychange`.
  it('reads a run at once whose stream had broken before', async () => {
    const tab = await openWithRun('?address&delay=600000')
    stories.service().breakLines()
    await tab.shows('status', 'executing recovering')

    await leave(tab)
    tellTheRest()
    expect(stories.service().reads()).toBe(0)
    const reads = await goBack(tab, 1)

    await expectWhole(tab, reads)
  })
})
