import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { chunk, submitted, taskCreated, taskFinished } from '../state/frames.ts'
import type { Item } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import type { MemoryOptions, MemoryStorage } from './memoryStorage.ts'
import { finished, openTab, running } from './persisted.ts'
import type { Tab } from './persisted.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
/** Two pages over one storage, each with its own view of it. */
async function openTwo(options: MemoryOptions): Promise<{ one: Tab; other: Tab; storage: MemoryStorage }> {
  const storage = createMemoryStorage(options)
  const tabs = { storage, one: openTab(persistTasks(storage)), other: openTab(persistTasks(createMemoryStorage(options, storage.items))) }
  await pass(100)
  return tabs
}
async function reload({ items }: MemoryStorage): Promise<Tab> {
  const tab = openTab(persistTasks(createMemoryStorage({}, items)))
  await pass(0)
  return tab
}
const roots = (tab: Tab): string[] => Object.keys(tab.tasks()).filter((id) => !id.includes('-task-2')).sort()

describe.each([
  { kind: 'sync', options: {} },
  { kind: 'async', options: { isAsync: true } },
  { kind: 'slow', options: { delayMs: 30 } },
])('two tabs on a $kind storage', ({ options }) => {
  it('keep what both had', async () => {
    const { one, other, storage } = await openTwo(options)
    one.apply(...finished('a', { conversation: 'left' }))
    await pass(700)
    other.apply(...finished('b', { conversation: 'right' }))
    await pass(700)
    one.apply(...running('c'))
    await pass(3000)

    const next = await reload(storage)

    expect(roots(next)).toEqual(['a', 'b', 'c'])
    expect(next.store.getState().conversations).toEqual({ left: 'a', right: 'b' })
  })

  it('keep what both wrote at the very same moment', async () => {
    const { one, other, storage } = await openTwo(options)

    one.apply(...finished('a', { conversation: 'left' }))
    other.apply(...finished('b', { conversation: 'right' }))
    await pass(5000)

    const next = await reload(storage)
    expect(roots(next)).toEqual(['a', 'b'])
    expect(next.store.getState().conversations).toEqual({ left: 'a', right: 'b' })
  })

  it('keep the end that one of them saw, whatever the other still thinks', async () => {
    const { one, other, storage } = await openTwo(options)
    const run = running('a')
    one.apply(...run)
    other.apply(...run)
    await pass(3000)

    one.apply(taskFinished({ task: 'a', result: 'The end' }))
    await pass(3000)
    other.apply(chunk('lo', { task: 'a' }))
    await pass(3000)

    expect((await reload(storage)).tasks().a).toMatchObject({ status: 'completed', text: 'The end' })
  })

  it('keep the later turn, whatever the other still thinks', async () => {
    const { one, other, storage } = await openTwo(options)
    const run = running('a')
    one.apply(...run)
    other.apply(...run)
    const end = taskFinished({ task: 'a', result: 'The end' })
    one.apply(end)
    one.apply(submitted('More', { key: 'again', continues: 'a' }), taskCreated({ task: 'a' }))
    await pass(3000)

    other.apply(end)
    await pass(3000)

    expect((await reload(storage)).tasks().a).toMatchObject({ status: 'pending', turns: [{ text: 'The end' }, { key: 'again' }] })
  })

  it.each([['one', 'other'], ['other', 'one']] as const)('keep the turns that each began of one task, when %s writes first', async (first, second) => {
    const { storage, ...tabs } = await openTwo(options)
    const run = finished('a')
    tabs.one.apply(...run)
    tabs.other.apply(...run)
    await pass(3000)
    const turnIn = (name: 'one' | 'other'): Item[] => [
      submitted(`of ${name}`, { key: `submit-${name}`, continues: 'a' }), taskCreated({ task: 'a' }), chunk('text ', { task: 'a' }),
    ]

    tabs[first].apply(...turnIn(first))
    await pass(3000)
    tabs[second].apply(...turnIn(second))
    await pass(3000)
    tabs[first].apply(chunk('and more', { task: 'a' }))
    await pass(3000)

    expect((await reload(storage)).tasks().a).toMatchObject({
      key: `submit-${second}`,
      turns: [{ status: 'completed' }, { key: `submit-${first}`, text: 'text and more' }, { key: `submit-${second}`, text: 'text ' }],
    })
  })

  it('keep the turns that both began at one moment', async () => {
    const { one, other, storage } = await openTwo(options)
    const run = finished('a')
    one.apply(...run)
    other.apply(...run)
    await pass(3000)

    one.apply(submitted('One', { key: 'submit-one', continues: 'a' }), taskCreated({ task: 'a' }))
    other.apply(submitted('Other', { key: 'submit-other', continues: 'a' }), taskCreated({ task: 'a' }))
    await pass(5000)

    expect(vi.getTimerCount()).toBe(0)
    expect((await reload(storage)).tasks().a?.turns.map(({ key }) => key)).toEqual(['submit-a', 'submit-one', 'submit-other'])
  })

  it('come to rest', async () => {
    const { one, other, storage } = await openTwo(options)
    one.apply(...finished('a'))
    other.apply(...finished('b'))
    await pass(10_000)
    storage.calls.length = 0

    await pass(60_000)

    expect(storage.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })
})

it.each([{ isAsync: true }, { delayMs: 30 }])('come to rest where there is not room for the tasks of both: %o', async (options) => {
  const items = new Map<string, string>()
  const open = (): Tab => openTab(persistTasks(createMemoryStorage(options, items), { maxTasks: 2 }))
  const [one, other] = [open(), open()]
  await pass(100)

  one.apply(...finished('a'), ...finished('b'))
  other.apply(...finished('c'), ...finished('d'))
  await pass(10_000)

  expect([...items.keys()].filter((name) => name.includes(':task:'))).toHaveLength(2)
  expect(vi.getTimerCount()).toBe(0)
})

it('write nothing back when somebody cleared the storage', async () => {
  const { one, storage } = await openTwo({})
  one.apply(...finished('a'))
  await pass(1000)

  storage.items.clear()
  one.apply(...finished('b'))
  await pass(1000)

  expect(roots(await reload(storage))).toEqual(['b'])
})

it('lose no task, however their writes fall into each other', { timeout: 600_000 }, async () => {
  const moves = fc.array(fc.record({ tab: fc.nat(2), task: fc.nat(4), isEnd: fc.boolean(), ms: fc.nat(1500) }), { minLength: 1, maxLength: 12 })
  const delays = fc.oneof(fc.constant([undefined, undefined, undefined]), fc.array(fc.nat(400), { minLength: 3, maxLength: 3 }))
  await fc.assert(fc.asyncProperty(moves, delays, async (list, delaysMs) => {
    const items = new Map<string, string>()
    const tabs = delaysMs.map((delayMs) => openTab(persistTasks(createMemoryStorage({ delayMs }, items))))
    await pass(1000)
    const known = new Set<string>()
    for (const { tab, task, isEnd, ms } of list) {
      // Each has tasks of its own.
      const id = `${tab}-${task}`
      tabs[tab]?.apply(...(known.has(id) ? [isEnd ? taskFinished({ task: id, result: 'The end' }) : chunk('more', { task: id })] : running(id)))
      known.add(id)
      await pass(ms)
    }
    await pass(60_000)

    const next = await reload(createMemoryStorage({}, items))

    expect(roots(next)).toEqual([...known].sort())
    for (const tab of tabs) for (const [id, task] of Object.entries(tab.tasks())) expect(next.tasks()[id]).toMatchObject({ status: task.status, text: task.text })
  }), { numRuns: Number(process.env.RUNS ?? 50) })
})
