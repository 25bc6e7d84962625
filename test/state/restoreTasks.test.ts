import { expect, it } from 'vitest'
import { EMPTY_STORE } from '../../src/state/emptyState.ts'
import { restoreTasks } from '../../src/state/restoreTasks.ts'
import type { Fact } from '../../src/state/fact.ts'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import type { WorkflowStoreState } from '../../src/state/taskState.ts'
import { CHILD, ROOT, WORKFLOW, chunk, graphRead, ofChild, replayStore, submitted, taskCreated, taskFinished, toolCallRequest } from './frames.ts'

/** The fact that a page with that state leaves to the next. */
const restored = ({ tasks }: WorkflowStoreState, conversations: Readonly<Record<string, string>> = {}): Fact & { kind: 'restored' } =>
  ({ kind: 'restored', restore: (batch) => { restoreTasks(batch, Object.values(tasks), conversations) } })

const run = [
  submitted(), taskCreated(), toolCallRequest({ call: 'c', operation: 'op' }),
  taskCreated(ofChild({ parent_execution: ROOT })), chunk('child', { task: CHILD }), chunk('Hel'),
]
const known = replayStore(run)
const over = replayStore([...run, taskFinished({ result: 'Hello' })])

it('puts tasks with their child runs and conversations into the store', () => {
  const state = reduceWorkflow(EMPTY_STORE, [restored(over, { chat: ROOT, other: 'unknown' })])

  expect(state).toEqual({ ...EMPTY_STORE, tasks: over.tasks, conversations: { chat: ROOT } })
})

it('leaves a task alone that the store knows, and its child runs', () => {
  const state = replayStore([submitted('New'), taskCreated(), chunk('new')])

  expect(reduceWorkflow(state, [restored(over)])).toBe(state)
})

it('leaves a conversation alone that shows something', () => {
  const state = replayStore([submitted('New', { key: 'new' }), { kind: 'shown', conversation: 'chat', key: 'new' }])

  expect(reduceWorkflow(state, [restored(over, { chat: ROOT })]).conversations).toEqual({ chat: 'new' })
})

it('gives a task that is followed by its id what was known of it, and keeps its line', () => {
  const followed = replayStore([{ kind: 'followed', key: ROOT, taskId: ROOT }])

  expect(reduceWorkflow(followed, [restored(known)]).tasks[ROOT]).toMatchObject({ text: 'Hel', status: 'pending', connection: 'connecting' })
  expect(reduceWorkflow(followed, [restored(over)]).tasks[ROOT]).toMatchObject({ text: 'Hello', status: 'completed', connection: 'closed' })
})

it('does so in the middle of a batch too', () => {
  const state = reduceWorkflow(EMPTY_STORE, [{ kind: 'followed', key: ROOT, taskId: ROOT }, restored(known), { kind: 'dropped', key: ROOT, at: 1 }])

  expect(state.tasks).toMatchObject({ [ROOT]: { text: 'Hel', connection: 'recovering' }, [CHILD]: { connection: 'recovering' } })
})

it('leaves out a child run whose parent is not there', () => {
  const tasks = Object.fromEntries(Object.entries(over.tasks).filter(([taskId]) => taskId === CHILD))

  expect(reduceWorkflow(EMPTY_STORE, [restored({ ...over, tasks })])).toBe(EMPTY_STORE)
})

it('draws a task on the canvas that was read before it came', () => {
  const graph = graphRead([{ id: 'a', type: 'action', name: 'Ask', operation_id: 'op' }])
  const state = reduceWorkflow(EMPTY_STORE, [graph, restored(known)])

  expect(state.tasks[ROOT]?.timeline).toMatchObject([{ id: 'a', name: 'Ask', type: 'action' }])
  expect(state).toEqual(reduceWorkflow(EMPTY_STORE, [restored(known), graph]))
  expect(state.graphs[WORKFLOW]).toBeDefined()
})
