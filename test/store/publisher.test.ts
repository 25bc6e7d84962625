import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Fact } from '../../src/state/fact.ts'
import { selectTask } from '../../src/state/selectors.ts'
import type { WorkflowStoreState } from '../../src/state/taskState.ts'
import { createPublisher } from '../../src/store/publisher.ts'
import type { Publisher } from '../../src/store/publisher.ts'
import { createWorkflowStore } from '../../src/store/workflowStore.ts'
import type { WorkflowStore } from '../../src/store/workflowStore.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const submitted = (key: string): Fact => ({
  kind: 'submitted', key, at: 1, workflowId: 'flow', input: { text: 'Hi' }, continues: undefined, follows: undefined,
})
const shown = (conversation: string): Fact => ({ kind: 'shown', conversation, key: 'a' })

function createWriter(
  store: WorkflowStore,
  { complete = (state) => state, published = () => undefined }: Partial<Pick<Parameters<typeof createPublisher>[0], 'complete' | 'published'>> = {},
): Publisher {
  return createPublisher({ store, throttle: 'frame', complete, published })
}

it('publishes what came within a frame in one state, by a timer where there is no page', () => {
  const store = createWorkflowStore()
  const listener = vi.fn()
  store.subscribe(listener)
  const publisher = createWriter(store)

  publisher.push(submitted('a'))
  publisher.push(submitted('b'))
  expect(store.getState().tasks).toEqual({})
  vi.advanceTimersByTime(16)

  expect(Object.keys(store.getState().tasks)).toEqual(['a', 'b'])
  expect(listener).toHaveBeenCalledTimes(1)
})

it('publishes an urgent fact at once, with all that came before it, and leaves no timer', () => {
  const store = createWorkflowStore()
  const publisher = createWriter(store)

  publisher.push(submitted('a'))
  publisher.push(submitted('b'), true)

  expect(Object.keys(store.getState().tasks)).toEqual(['a', 'b'])
  expect(vi.getTimerCount()).toBe(0)
})

it('publishes what was added to the state before anybody saw it, and tells of it after', () => {
  const store = createWorkflowStore()
  const told: WorkflowStoreState[] = []
  const publisher = createWriter(store, {
    complete: (state) => ({ ...state, conversations: { mine: 'a' } }),
    published: (_, after) => { told.push(after, store.getState()) },
  })

  publisher.push(submitted('a'), true)

  expect(selectTask(store.getState(), 'a')?.status).toBe('submitting')
  expect(store.getState().conversations).toEqual({ mine: 'a' })
  expect(told).toEqual([store.getState(), store.getState()])
})

it('takes facts that are pushed while it publishes', () => {
  const store = createWorkflowStore()
  const publisher = createWriter(store, {
    published: (before) => { if (Object.keys(before.tasks).length === 0) publisher.push(submitted('b'), true) },
  })

  publisher.push(submitted('a'), true)

  expect(Object.keys(store.getState().tasks)).toEqual(['a', 'b'])
})

it('loses nothing when two of them write to one store', () => {
  const store = createWorkflowStore()
  const [one, other] = [createWriter(store), createWriter(store)]

  one.push(submitted('a'))
  other.push(submitted('b'))
  one.push(shown('mine'))
  other.push(shown('yours'))
  vi.advanceTimersByTime(16)

  expect(Object.keys(store.getState().tasks)).toEqual(['a', 'b'])
  expect(store.getState().conversations).toEqual({ mine: 'a', yours: 'a' })
  expect(vi.getTimerCount()).toBe(0)
})
