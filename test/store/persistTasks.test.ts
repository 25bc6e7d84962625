import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { chunk } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import type { MemoryStorage } from './memoryStorage.ts'
import { finished, openTab, running } from './persisted.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => {
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** Lets a storage answer that takes its time. */
const answered = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0)
const second = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1000)
const writes = ({ calls }: MemoryStorage): string[] => calls.filter((call) => !call.startsWith('getItem'))

describe.each([{ kind: 'sync', isAsync: false }, { kind: 'async', isAsync: true }])('persistTasks in a $kind storage', ({ isAsync }) => {
  it('gives the next page what this one had, child runs and what hooks show included', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...finished('done', { conversation: 'chat' }), ...running('live', { conversation: 'view-k2j4' }))
    await second()

    const next = openTab(persistTasks(storage))
    await answered()

    expect(next.tasks()).toEqual(Object.fromEntries(Object.entries(tab.tasks()).map(([id, task]) => [id, { ...task, connection: 'closed' }])))
    expect(Object.keys(next.tasks())).toEqual(['done', 'done-task-2', 'live', 'live-task-2'])
    expect(next.store.getState().conversations).toEqual({ chat: 'done' })
  })

  it('lets those be followed that had not ended, once', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...finished('done'), ...running('live'))
    await second()

    const next = openTab(persistTasks(storage))
    await answered()
    await second()

    expect(next.follow.mock.calls).toEqual([['live']])
  })

  it('writes once a second, and only what changed', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...running('a'), ...running('b'))
    expect(writes(storage)).toEqual([])
    await vi.advanceTimersByTimeAsync(999)
    expect(writes(storage)).toEqual([])
    await vi.advanceTimersByTimeAsync(3001)
    storage.calls.length = 0

    for (const text of ['l', 'o', '!']) {
      tab.apply(chunk(text, { task: 'b' }))
      await vi.advanceTimersByTimeAsync(300)
    }
    await second()

    expect(writes(storage)).toEqual(['setItem use-workflow-stream:task:b', 'setItem use-workflow-stream:index'])
    expect(storage.items.get('use-workflow-stream:task:b')).toContain('Hello!')
  })

  it('writes nothing for what is of this page only, and sets no timer when nothing happens', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...running('a'))
    await vi.advanceTimersByTimeAsync(4000)
    storage.calls.length = 0

    tab.apply({ kind: 'dropped', key: 'a', at: 1 }, { kind: 'retrying', key: 'a', attempt: 2, retryAt: 3 })
    await vi.advanceTimersByTimeAsync(4000)

    expect(writes(storage)).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('writes what is pending when it is stopped, and nothing after', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...running('a'))

    tab.close()
    await answered()
    expect([...storage.items.keys()]).toEqual(['use-workflow-stream:task:a', 'use-workflow-stream:index'])
    storage.calls.length = 0
    tab.apply(chunk('lo', { task: 'a' }))
    await vi.advanceTimersByTimeAsync(4000)

    expect(storage.calls).toEqual([])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('leaves the line, the queue and a stop under way to the page that had them', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...running('a'), { kind: 'queued', key: 'a', submit: { key: 'later', input: { text: 'More' } } }, { kind: 'stopRequested', key: 'a' })
    tab.apply({ kind: 'dropped', key: 'a', at: 1 }, { kind: 'retrying', key: 'a', attempt: 2, retryAt: 3 })
    await second()

    const next = openTab(persistTasks(storage))
    await answered()

    expect(next.tasks().a).toMatchObject({ connection: 'closed', queue: [], isStopping: false, attempt: 0, retryAt: null, status: 'pending' })
    expect(next.tasks().a?.turns).toMatchObject([{ isStopping: false }])
  })

  it('does not write a task of which nothing is known but its id', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()

    tab.apply({ kind: 'followed', key: 'elsewhere', taskId: 'elsewhere' })
    await second()

    expect([...storage.items.keys()]).not.toContainEqual(expect.stringContaining(':task:'))
  })

  it('takes a conversation back that a hook left', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...finished('a', { conversation: 'chat' }), ...finished('b', { conversation: 'other' }))
    await second()

    tab.apply({ kind: 'shown', conversation: 'chat', key: undefined })
    await vi.advanceTimersByTimeAsync(3000)
    const next = openTab(persistTasks(storage))
    await answered()

    expect(next.store.getState().conversations).toEqual({ other: 'b' })
  })

  it('keeps a task that the store let go of', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage))
    await answered()
    tab.apply(...finished('a', { conversation: 'chat' }), ...finished('b'))
    await second()

    tab.apply({ kind: 'forgotten', taskIds: ['a', 'a-task-2'] })
    await vi.advanceTimersByTimeAsync(3000)
    const next = openTab(persistTasks(storage))
    await answered()

    expect(Object.keys(next.tasks())).toEqual(['a', 'a-task-2', 'b', 'b-task-2'])
    expect(next.store.getState().conversations).toEqual({ chat: 'a' })
  })

  it('writes what a store held from the beginning', async () => {
    const storage = createMemoryStorage({ isAsync })
    const first = openTab(persistTasks(createMemoryStorage()))
    first.apply(...finished('a'))

    openTab(persistTasks(storage), first.store.getState())
    await second()

    expect(storage.items.has('use-workflow-stream:task:a')).toBe(true)
  })

  it('keeps clients apart that have names of their own', async () => {
    const storage = createMemoryStorage({ isAsync })
    const tab = openTab(persistTasks(storage, { name: 'mine' }))
    await answered()
    tab.apply(...finished('a'))
    await second()

    const other = openTab(persistTasks(storage, { name: 'yours' }))
    const same = openTab(persistTasks(storage, { name: 'mine' }))
    await answered()

    expect([Object.keys(other.tasks()), Object.keys(same.tasks())]).toEqual([[], ['a', 'a-task-2']])
  })
})

it('has restored within the call when the storage is sync', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...finished('a'))
  tab.close()

  expect(openTab(persistTasks(storage)).tasks()).toMatchObject({ a: { status: 'completed', text: 'Hello' } })
})

it('finds local storage when it is needed', () => {
  const persist = persistTasks()
  const storage = createMemoryStorage()
  vi.stubGlobal('localStorage', storage)

  const tab = openTab(persist)
  tab.apply(...finished('a'))
  tab.close()

  expect(storage.items.size).toBe(2)
})

it('looks for the storage again when there was none', () => {
  const page: { storage?: MemoryStorage } = {}
  const tab = openTab(persistTasks(() => page.storage))
  tab.apply(...finished('a'))
  vi.advanceTimersByTime(1000)

  page.storage = createMemoryStorage()
  tab.apply(chunk('late', { task: 'b' }))
  vi.advanceTimersByTime(1000)

  expect(page.storage.items.has('use-workflow-stream:task:a')).toBe(true)
})

it('does not take over what the store knows itself, and follows what it had lost', async () => {
  const storage = createMemoryStorage({ isAsync: true })
  const tab = openTab(persistTasks(storage))
  await answered()
  tab.apply(...running('a', { text: 'old', conversation: 'chat' }), ...running('b'))
  await second()

  const next = openTab(persistTasks(storage))
  next.apply(...running('a', { text: 'newer' }), ...running('c', { conversation: 'chat' }), { kind: 'followed', key: 'b', taskId: 'b' })
  await answered()

  expect(next.tasks()).toMatchObject({ a: { text: 'newer', connection: 'open' }, b: { text: 'Hel', connection: 'connecting' } })
  expect(next.store.getState().conversations).toEqual({ chat: 'submit-c' })
})

it('neither blocks nor writes while the storage has not said what it has', async () => {
  let answer: (value: string | null) => void = () => undefined
  const storage = createMemoryStorage()
  const slow = { ...storage, getItem: vi.fn(() => new Promise<string | null>((resolve) => { answer = resolve })) }
  const tab = openTab(persistTasks(slow))

  tab.apply(...finished('a'))
  await vi.advanceTimersByTimeAsync(60_000)
  expect(storage.calls).toEqual([])
  expect(tab.tasks()).toMatchObject({ a: { text: 'Hello' } })

  slow.getItem.mockImplementation(() => Promise.resolve(null))
  answer(null)
  await second()
  expect(storage.items.size).toBe(2)
})

it('leaves a store alone whose client was destroyed before the storage answered', async () => {
  const storage = createMemoryStorage({ isAsync: true })
  const tab = openTab(persistTasks(storage))
  await answered()
  tab.apply(...running('a'))
  await second()

  const next = openTab(persistTasks(storage))
  next.close()
  await answered()

  expect(next.restore).not.toHaveBeenCalled()
  expect(next.follow).not.toHaveBeenCalled()
})

it('rests longer after a write that took long', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks({
    ...storage,
    setItem(name, value) {
      vi.setSystemTime(Date.now() + 100)
      storage.setItem(name, value)
    },
  }))
  tab.apply(...running('a'))
  vi.advanceTimersByTime(1000)
  storage.calls.length = 0

  tab.apply(chunk('lo', { task: 'a' }))
  vi.advanceTimersByTime(3900)
  expect(writes(storage)).toEqual([])
  vi.advanceTimersByTime(200)

  expect(writes(storage)).toHaveLength(2)
})

it.each<{ wrong: string; make: () => unknown }>([
  { wrong: 'no storage', make: () => persistTasks({} as Storage) },
  { wrong: 'a text', make: () => persistTasks('localStorage' as never) },
  { wrong: 'bytes that are no number', make: () => persistTasks(null, { maxBytes: '5' as never }) },
  { wrong: 'tasks below zero', make: () => persistTasks(null, { maxTasks: -1 }) },
  { wrong: 'a name that is none', make: () => persistTasks(null, { name: 1 as never }) },
])('refuses $wrong at once, in words', ({ make }) => {
  expect(make).toThrow(expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('persistTasks: pass a storage') }))
})
