import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { chunk, taskFinished } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import type { MemoryStorage } from './memoryStorage.ts'
import { finished, openTab, running } from './persisted.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const ITEM = 'use-workflow-stream:task:'
const ids = ({ items }: MemoryStorage): string[] => [...items.keys()].filter((name) => name.startsWith(ITEM)).map((name) => name.slice(ITEM.length))
const sizeOf = ({ items }: MemoryStorage): number => [...items.values()].reduce((sum, text) => sum + text.length, 0)
const second = (): void => { vi.advanceTimersByTime(1000) }

it('lets the settled tasks go first, the oldest before the others', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxTasks: 3 }))
  for (const run of [running('live'), finished('a'), finished('b'), finished('c')]) {
    tab.apply(...run)
    second()
  }

  expect(ids(storage)).toEqual(['live', 'b', 'c'])
})

it('lets the oldest others go when no settled one is left', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxTasks: 2 }))
  for (const id of ['a', 'b', 'c']) {
    tab.apply(...running(id))
    second()
  }

  expect(ids(storage)).toEqual(['b', 'c'])
})

it('does not write back what had to go, until it says something new', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxTasks: 2 }))
  for (const id of ['a', 'b', 'c']) {
    tab.apply(...running(id))
    second()
  }

  tab.apply(chunk('lo', { task: 'c' }))
  second()
  expect(ids(storage)).toEqual(['b', 'c'])
  tab.apply(chunk('lo', { task: 'a' }))
  second()

  expect(ids(storage)).toEqual(['c', 'a'])
})

it.each([3000, 8000, 20_000])('keeps all of it within %i characters, with room for as many as there can be', (maxBytes) => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxBytes }))
  for (let number = 0; number < 30; number += 1) {
    tab.apply(...finished(`task-${number}`, { conversation: `chat-${number}` }))
    second()
    expect(sizeOf(storage)).toBeLessThanOrEqual(maxBytes)
  }

  const largest = Math.max(...[...storage.items.values()].map(({ length }) => length))
  expect(sizeOf(storage)).toBeGreaterThan(maxBytes - largest - 500)
  expect(ids(storage)).toContain('task-29')
  expect(Object.keys(openTab(persistTasks(storage)).store.getState().conversations)).toEqual(ids(storage).map((id) => id.replace('task', 'chat')))
})

it('does not write a task that is too large by itself, and lets no other go for it', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxBytes: 6000 }))
  tab.apply(...finished('small'))
  second()

  tab.apply(...finished('large', { text: 'x'.repeat(6000) }))
  second()

  expect(ids(storage)).toEqual(['small'])
})

it('writes nothing where there is to be nothing', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxTasks: 0 }))
  tab.apply(...finished('a'), ...running('b'))
  second()

  expect(ids(storage)).toEqual([])
})

it('makes room in a full storage by the oldest settled tasks', () => {
  const storage = createMemoryStorage({ quota: 12_000 })
  const tab = openTab(persistTasks(storage))
  for (const run of [running('live'), finished('a'), finished('b'), finished('c'), running('new', { text: 'y'.repeat(5000) })]) {
    tab.apply(...run)
    second()
  }

  expect(ids(storage)).toContain('live')
  expect(ids(storage)).toContain('new')
  expect(ids(storage)).not.toContain('a')
  const next = openTab(persistTasks(storage))
  expect(Object.keys(next.tasks()).filter((id) => !id.endsWith('task-2'))).toEqual(ids(storage))
})

it('goes on without what there is no room for', () => {
  const storage = createMemoryStorage({ quota: 5000 })
  const tab = openTab(persistTasks(storage))
  tab.apply(...running('a'))
  second()

  tab.apply(...running('b', { text: 'y'.repeat(5000) }))
  second()
  tab.apply(chunk('lo', { task: 'a' }))
  second()

  expect(openTab(persistTasks(storage)).tasks()).toMatchObject({ a: { text: 'Hello' } })
  expect(ids(storage)).toEqual(['a'])
})

it('keeps the tasks of others when writing fails for another reason than room', () => {
  const storage = createMemoryStorage()
  const first = openTab(persistTasks(storage))
  first.apply(...finished('a'))
  first.close()
  const tab = openTab(persistTasks({ ...storage, setItem: () => { throw new DOMException('Access is denied', 'SecurityError') } }))

  tab.apply(...finished('b'))
  second()

  expect(ids(storage)).toEqual(['a'])
})

it('tries again with the next change when writing failed', () => {
  const storage = createMemoryStorage()
  let isBroken = true
  const tab = openTab(persistTasks({
    ...storage,
    setItem(name, value) {
      if (isBroken) throw new Error('The disk is away')
      storage.setItem(name, value)
    },
  }))
  tab.apply(...finished('a', { conversation: 'chat' }))
  second()

  isBroken = false
  tab.apply(...finished('b'))
  second()

  expect(ids(storage)).toEqual(['a', 'b'])
  expect(openTab(persistTasks(storage)).store.getState().conversations).toEqual({ chat: 'a' })
})

it('keeps to the bounds in a long day', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage, { maxTasks: 5 }))
  for (let number = 0; number < 200; number += 1) {
    const id = `task-${number}`
    tab.apply(...running(id), taskFinished({ task: id }))
    second()
    tab.apply({ kind: 'forgotten', taskIds: [id, `${id}-task-2`] })
  }
  second()

  expect(ids(storage)).toEqual(['task-195', 'task-196', 'task-197', 'task-198', 'task-199'])
  expect(storage.items.size).toBe(6)
})

it('holds on to no task that the store let go of', async () => {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  const tab = openTab(persistTasks(createMemoryStorage()))
  tab.apply(...finished('a'))
  second()
  const held = new WeakRef(tab.tasks().a?.turns ?? {})

  tab.apply({ kind: 'forgotten', taskIds: ['a', 'a-task-2'] })
  second()
  vi.useRealTimers()
  await vi.waitFor(() => {
    collect()
    expect(held.deref() === undefined).toBe(true)
  })
})
