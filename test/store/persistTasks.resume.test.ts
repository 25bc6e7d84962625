import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEvent } from '../../src/protocol/decodeEvent.ts'
import { EMPTY_STORE } from '../../src/state/emptyState.ts'
import type { Fact } from '../../src/state/fact.ts'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import { isSettled } from '../../src/state/runStatus.ts'
import type { TaskState, WorkflowStoreState } from '../../src/state/taskState.ts'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { everyKind, secrets, taskId } from '../recordings/everyKind.ts'
import { recordings } from '../state/arbitraries.ts'
import { toFacts } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import type { MemoryStorage } from './memoryStorage.ts'
import { openTab } from './persisted.ts'

const runs = { numRuns: Number(process.env.RUNS ?? 200) }

/** A storage with what the store held. */
function stored(state: WorkflowStoreState): MemoryStorage {
  const storage = createMemoryStorage()
  openTab(persistTasks(storage), state).close()
  return storage
}

/** The facts that a page tells which finds a task again. */
const foundAgain = (storage: MemoryStorage, state: WorkflowStoreState = EMPTY_STORE): WorkflowStoreState => {
  const tab = openTab(persistTasks(storage), state)
  return reduceWorkflow(tab.store.getState(), tab.follow.mock.calls.map(([id]): Fact => ({ kind: 'followed', key: id, taskId: id })))
}

describe('a recording of every kind', () => {
  const at = (time: string): number => Date.parse(time) + 250
  const facts = everyKind.map((wire): Fact & { kind: 'received' } => {
    const event = decodeEvent(wire)
    return { kind: 'received', key: taskId, at: event.time === undefined ? at('2026-05-13T10:13:05Z') : Math.round(event.time) + 250, event }
  })
  const uncut = reduceWorkflow(EMPTY_STORE, facts)

  it.each(facts.map(({ event: { kind } }, position) => ({ position, kind })))('comes to the same after a reload before frame $position ($kind)', ({ position }) => {
    const before = reduceWorkflow(EMPTY_STORE, facts.slice(0, position))

    const after = reduceWorkflow(foundAgain(stored(before)), facts.slice(position))

    expect(after.tasks).toEqual(uncut.tasks)
  })

  it('leaves none of its secrets in the storage', () => {
    for (let position = 1; position <= facts.length; position += 1) {
      const text = JSON.stringify([...stored(reduceWorkflow(EMPTY_STORE, facts.slice(0, position))).items])
      expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    }
  })
})

/** Without what is of one page only. */
function lasting(tasks: Readonly<Record<string, TaskState>>): object {
  return Object.fromEntries(Object.entries(tasks).map(([id, task]) => [id, {
    ...task, connection: 'closed', isStopping: false, queue: [], attempt: 0, retryAt: null,
    turns: task.turns.map((turn) => ({ ...turn, isStopping: false })),
  }]))
}

const namedOf = (tasks: Readonly<Record<string, TaskState>>): Record<string, TaskState> =>
  Object.fromEntries(Object.entries(tasks).filter(([, task]) => task.taskId !== undefined))

it('gives back all that was known of any run', { timeout: 600_000 }, () => {
  fc.assert(fc.property(recordings, fc.nat(), (items, where) => {
    const facts = toFacts(items)
    const state = reduceWorkflow(EMPTY_STORE, facts.slice(0, where % (facts.length + 1)))
    const named = namedOf(state.tasks)

    const { tasks } = foundAgain(stored(state))

    expect(lasting(namedOf(tasks))).toEqual(lasting(named))
    expect(Object.keys(tasks).sort()).toEqual(Object.keys(state.tasks).sort())
    for (const task of Object.values(tasks)) {
      const shown = task.turns.find(({ key }) => key === task.key)
      expect(task).toMatchObject({ ...shown, error: task.turns.at(-1)?.error ?? null })
      expect(task.timeline.every((node) => node === task.nodes[node.id])).toBe(true)
    }
  }), runs)
})

it('goes on with any run as if there had been no reload', { timeout: 600_000 }, () => {
  fc.assert(fc.property(recordings, fc.nat(), (items, where) => {
    const facts = toFacts(items)
    const position = where % facts.length
    const { tasks, ...others } = reduceWorkflow(EMPTY_STORE, facts.slice(0, position))
    const unnamed = Object.fromEntries(Object.entries(tasks).filter(([, task]) => task.taskId === undefined))

    // A canvas that is read again draws all anew, which is not what is looked at here.
    const found = { ...foundAgain(stored({ tasks, ...others }), { ...others, graphs: {}, tasks: unnamed }), graphs: others.graphs }

    expect(lasting(reduceWorkflow(found, facts.slice(position)).tasks)).toEqual(lasting(reduceWorkflow({ tasks, ...others }, facts.slice(position)).tasks))
  }), runs)
})

it('has nothing to follow of what had ended', () => {
  const facts = everyKind.map((wire): Fact => ({ kind: 'received', key: taskId, at: 0, event: decodeEvent(wire) }))
  const state = reduceWorkflow(EMPTY_STORE, facts)

  const tab = openTab(persistTasks(stored(state)))

  expect(Object.values(tab.tasks()).every(({ status }) => isSettled(status))).toBe(true)
  expect(tab.follow).not.toHaveBeenCalled()
})
