import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { migrations, seal } from '../../src/store/sealedText.ts'
import { readFields } from '../../src/protocol/wire.ts'
import { finished, openTab, running } from './persisted.ts'
import type { Tab } from './persisted.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import type { MemoryStorage } from './memoryStorage.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => {
  vi.useRealTimers()
  migrations.clear()
})

const INDEX = 'use-workflow-stream:index'
const ITEM = 'use-workflow-stream:task:a'
const OTHER = 'use-workflow-stream:task:b'

/** A storage with two tasks. */
function filled(isAsync = false): MemoryStorage {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...finished('a', { conversation: 'chat' }), ...running('b'))
  tab.close()
  return createMemoryStorage({ isAsync }, storage.items)
}
const change = ({ items }: MemoryStorage, name: string, edit: (text: string) => string): void => { items.set(name, edit(items.get(name) ?? '')) }
const pass = (ms = 0): Promise<unknown> => vi.advanceTimersByTimeAsync(ms)
const roots = (tab: Tab): string[] => Object.keys(tab.tasks()).filter((id) => !id.endsWith('-task-2'))
const parsed = (text: string | undefined): Readonly<Record<string, unknown>> => readFields(JSON.parse(text ?? ''))
/** A sealed item with other data in it. */
const resealed = (text: string, edit: (task: Readonly<Record<string, unknown>>, position: number) => unknown): string => {
  const { data } = readFields(parsed(text).body)
  return seal((data as Readonly<Record<string, unknown>>[]).map(edit))
}

describe.each([{ kind: 'sync', isAsync: false }, { kind: 'async', isAsync: true }])('in a $kind storage', ({ isAsync }) => {
  it.each([
    { item: 'cut off', edit: (text: string) => text.slice(0, 100) },
    { item: 'empty', edit: () => '' },
    { item: 'no JSON', edit: () => 'hello' },
    { item: 'null', edit: () => 'null' },
    { item: 'foreign', edit: () => '{"theme":"dark"}' },
    { item: 'of another version without a migration', edit: (text: string) => text.replace('"version":1', '"version":0') },
    { item: 'changed in one letter', edit: (text: string) => text.replace('completed', 'complete') },
    { item: 'that of another task', edit: (text: string) => resealed(text, (task) => ({ ...task, taskId: 'c' })) },
    { item: 'without a task', edit: () => seal([]) },
    { item: 'a list of junk', edit: () => seal([1, null, 'x']) },
    { item: 'no list', edit: () => seal({ taskId: 'a' }) },
    { item: 'a task without turns', edit: (text: string) => resealed(text, (task) => ({ ...task, turns: [] })) },
    { item: 'a task with a turn that is none', edit: (text: string) => resealed(text, (task) => ({ ...task, turns: [...(task.turns as unknown[]), 7] })) },
    { item: 'a task whose shown turn is not there', edit: (text: string) => resealed(text, (task) => ({ ...task, key: 'gone' })) },
    { item: 'a task with fields of another kind', edit: (text: string) => resealed(text, (task) => ({ ...task, childTaskIds: 'none' })) },
    { item: 'a turn with fields of another kind', edit: (text: string) => resealed(text, (task) => ({ ...task, turns: [{ ...(task.turns as object[])[0], text: 5 }] })) },
    { item: 'a turn with notes of another kind', edit: (text: string) => resealed(text, (task) => ({ ...task, turns: [{ ...(task.turns as object[])[0], notes: { told: [] } }] })) },
    { item: 'a turn without its nodes', edit: (text: string) => resealed(text, (task) => ({ ...task, turns: [{ ...(task.turns as object[])[0], nodes: {} }] })) },
    { item: 'a child run before its parent', edit: (text: string) => resealed(text, (task, position) => (position === 1 ? { ...task, parentTaskId: 'elsewhere' } : task)) },
    { item: 'a task twice', edit: (text: string) => resealed(text, (task, position) => (position === 1 ? { ...task, taskId: 'a' } : task)) },
  ])('leaves out an item that is $item, and takes it away', async ({ edit }) => {
    const storage = filled(isAsync)
    change(storage, ITEM, edit)

    const tab = openTab(persistTasks(storage))
    await pass()
    expect(roots(tab)).toEqual(['b'])
    expect(tab.store.getState().conversations).toEqual({})

    tab.apply(...running('c'))
    await pass(3000)
    expect([...storage.items.keys()].sort()).toEqual([INDEX, OTHER, 'use-workflow-stream:task:c'])
    expect(Object.keys(readFields(parsed(storage.items.get(INDEX)).tasks))).toEqual(['b', 'c'])
  })

  it.each([
    { index: 'cut off', edit: (text: string) => text.slice(0, 60) },
    { index: 'foreign', edit: () => '{"theme":"dark"}' },
    { index: 'a list', edit: () => '[1]' },
    { index: 'without entries that are any', edit: () => '{"version":1,"tasks":{"a":5,"b":{"size":-1,"updatedAt":1,"isSettled":true,"turns":1},"c":null},"conversations":[]}' },
    { index: 'gone', edit: undefined },
  ])('begins anew where the index is $index', async ({ edit }) => {
    const storage = filled(isAsync)
    if (edit) change(storage, INDEX, edit)
    else storage.items.delete(INDEX)

    const tab = openTab(persistTasks(storage))
    await pass()
    expect(roots(tab)).toEqual([])
    tab.apply(...running('c'))
    await pass(3000)

    expect(Object.keys(readFields(parsed(storage.items.get(INDEX)).tasks))).toEqual(['c'])
  })

  it('leaves alone what a newer version wrote', async () => {
    const storage = filled(isAsync)
    change(storage, INDEX, (text) => text.replace('"version":1', '"version":2'))
    const before = new Map(storage.items)

    const tab = openTab(persistTasks(storage))
    await pass()
    tab.apply(...running('a', { text: 'other' }), ...running('c'))
    await pass(3000)
    tab.close()
    await pass()

    expect(roots(tab)).toEqual(['a', 'c'])
    expect(storage.items).toEqual(before)
  })

  it('leaves alone an item that a newer version wrote', async () => {
    const storage = filled(isAsync)
    change(storage, ITEM, () => '{"version":2,"whatever":[]}')

    const tab = openTab(persistTasks(storage, { maxTasks: 1 }))
    await pass()
    tab.apply(...running('a', { text: 'other' }), ...running('c'))
    await pass(3000)

    expect(storage.items.get(ITEM)).toBe('{"version":2,"whatever":[]}')
  })

  it('stops writing when a newer version comes while it runs', async () => {
    const storage = filled(isAsync)
    const tab = openTab(persistTasks(storage))
    await pass()
    change(storage, INDEX, () => '{"version":7}')
    const before = new Map(storage.items)

    tab.apply(...running('c'))
    await pass(3000)

    expect(storage.items).toEqual(before)
  })

  it('brings what an older version wrote to this one', async () => {
    const storage = filled(isAsync)
    for (const name of [INDEX, ITEM, OTHER]) change(storage, name, (text) => text.replace('"version":1', '"version":0'))
    migrations.set(0, {
      index: (index) => ({ ...readFields(index), conversations: { moved: 'a' } }),
      item: (tasks) => (tasks as Readonly<Record<string, unknown>>[]).map((task) => ({ ...task, workflowId: 'migrated' })),
    })

    const tab = openTab(persistTasks(storage))
    await pass()

    expect(tab.tasks()).toMatchObject({ a: { workflowId: 'migrated', text: 'Hello' }, b: { workflowId: 'migrated', text: 'Hel' } })
    expect(tab.store.getState().conversations).toEqual({ moved: 'a' })
  })

  it('drops what a migration cannot bring to this one', async () => {
    const storage = filled(isAsync)
    change(storage, ITEM, (text) => text.replace('"version":1', '"version":0'))
    migrations.set(0, { index: (index) => index, item: () => { throw new Error('What is that?') } })

    const tab = openTab(persistTasks(storage))
    await pass()

    expect(roots(tab)).toEqual(['b'])
  })
})

const failing = (): never => { throw new Error('Access is denied') }
const rejecting = (): Promise<never> => Promise.reject(new Error('Access is denied'))

it.each([
  { how: 'throws', getItem: failing, setItem: failing, removeItem: failing },
  { how: 'rejects', getItem: rejecting, setItem: rejecting, removeItem: rejecting },
  { how: 'throws when it is written to', getItem: () => null, setItem: failing, removeItem: failing },
  { how: 'rejects what is written', getItem: () => null, setItem: rejecting, removeItem: rejecting },
  { how: 'never answers', getItem: () => new Promise<null>(() => undefined), setItem: failing, removeItem: failing },
  { how: 'never answers what is written', getItem: () => null, setItem: () => new Promise(() => undefined), removeItem: failing },
  { how: 'answers no text', getItem: () => 5 as never, setItem: () => undefined, removeItem: () => undefined },
  { how: 'answers an object', getItem: () => ({ version: 1 }) as never, setItem: () => undefined, removeItem: () => undefined },
])('is no trouble when a storage $how', async ({ how: _, ...storage }) => {
  const tab = openTab(persistTasks(storage, { maxTasks: 1 }))
  await pass()

  tab.apply(...finished('a'), ...finished('b'))
  await pass(5000)
  tab.close()
  await pass()

  expect(roots(tab)).toEqual(['a', 'b'])
})

it.each([
  { how: 'throws', find: failing },
  { how: 'answers nothing', find: () => undefined },
  { how: 'answers null', find: () => null },
])('is no trouble when what should answer the storage $how', ({ find }) => {
  const tab = openTab(persistTasks(find))
  tab.apply(...finished('a'))
  vi.advanceTimersByTime(5000)
  tab.close()

  expect(roots(tab)).toEqual(['a'])
})

it('takes an item that cannot be read now for one that may be read later', () => {
  const storage = filled()
  const tab = openTab(persistTasks({ ...storage, getItem: (name) => (name === ITEM ? failing() : storage.getItem(name)) }))
  tab.apply(...running('c'))
  tab.close()

  expect(roots(tab)).toEqual(['b', 'c'])
  expect(roots(openTab(persistTasks(storage)))).toEqual(['a', 'b', 'c'])
})

it('keeps what cannot be taken out, to try again', () => {
  const storage = filled()
  let isBroken = true
  const tab = openTab(persistTasks({ ...storage, removeItem: (name) => (isBroken ? failing() : storage.removeItem(name)) }, { maxTasks: 2 }))
  tab.apply(...running('c'))
  vi.advanceTimersByTime(1000)
  expect(Object.keys(readFields(parsed(storage.items.get(INDEX)).tasks))).toEqual(['a', 'b', 'c'])

  isBroken = false
  tab.apply(...running('d'))
  vi.advanceTimersByTime(1000)

  expect([...storage.items.keys()].sort()).toEqual([INDEX, 'use-workflow-stream:task:c', 'use-workflow-stream:task:d'])
})

it('puts no junk into the store, whatever the items hold', { timeout: 600_000 }, () => {
  const whole = filled().items
  const junk = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constant('{"version":1,"tasks":{"a":{"size":1e999,"updatedAt":1,"isSettled":true,"turns":1}}}'),
    fc.constantFrom(...whole.values()),
    // A true item with a piece of it taken out, doubled or replaced.
    fc.tuple(fc.constantFrom(...whole.values()), fc.nat(), fc.nat(40), fc.string({ maxLength: 5 })).map(([text, where, length, other]) => {
      const at = where % text.length
      return text.slice(0, at) + other + text.slice(at + length)
    }),
    fc.jsonValue().map((value) => seal(value)),
    fc.jsonValue().map((value) => seal([value])),
    fc.record({ taskId: fc.constant('a'), turns: fc.array(fc.dictionary(fc.constantFrom('key', 'text', 'nodes', 'notes', 'nodeOrder', 'error'), fc.jsonValue())) }).map((task) => seal([task])),
  )
  const items = fc.record({ [INDEX]: junk, [ITEM]: junk, [OTHER]: junk }, { requiredKeys: [] })
  const known = openTab(persistTasks(createMemoryStorage({}, new Map(whole)))).tasks()
  fc.assert(fc.property(items, (given) => {
    const storage = createMemoryStorage({}, new Map([...whole, ...Object.entries(given)]))

    const tab = openTab(persistTasks(storage))

    for (const [id, task] of Object.entries(tab.tasks())) {
      // Either what was written, or at least a task that the page can show and go on with.
      if (storage.items.get(`use-workflow-stream:task:${id}`) === whole.get(`use-workflow-stream:task:${id}`)) expect(task).toEqual(known[id])
      expect(task).toMatchObject({ taskId: id, text: expect.any(String), status: expect.any(String), turns: expect.any(Array), nodes: expect.any(Object) })
      expect(task.timeline.map((node) => node.id)).toEqual(task.nodeOrder)
    }
    tab.apply(...finished('a'), ...running('c'))
    tab.close()
    expect(openTab(persistTasks(storage)).tasks().c).toEqual(expect.anything())
  }), { numRuns: Number(process.env.RUNS ?? 500) })
})
