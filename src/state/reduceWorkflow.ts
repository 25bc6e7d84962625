import { allIds, draftOf, taskOf } from './batch.ts'
import type { Batch } from './batch.ts'
import { hear, paint, receiveChild, tellChildren } from './childRuns.ts'
import { closeDraft, openDraft, showTurn, writeBack } from './draft.ts'
import type { Draft } from './taskDraft.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import type { Fact } from './fact.ts'
import { isPast } from './reduceEvent.ts'
import { reduceFact } from './reduceTask.ts'
import { EMPTY_TASK } from './emptyState.ts'
import { isSame } from './isSame.ts'
import { own, setOwn } from './own.ts'
import { isSettled } from './runStatus.ts'
import type { SubmitKey, TaskId, TaskState, WorkflowStoreState } from './taskState.ts'

/**
 * Applies facts to everything the store holds: finds the task of each, routes the frames of child runs, and lets the
 * service name what was only a submit key. Pure, like `reduceTask`.
 */
export function reduceWorkflow(state: WorkflowStoreState, facts: readonly Fact[]): WorkflowStoreState {
  const batch = openBatch(state)
  for (const fact of facts) applyFact(batch, fact)
  return closeBatch(batch)
}

/** The same in parts: facts can be applied as they come, and what they come to is taken when it is to be shown. */
export const openBatch = (state: WorkflowStoreState): Batch => ({ base: state, next: { ...state }, drafts: new Map() })

/** What the facts came to; the very same state when nothing changed. The batch is used up. */
export function closeBatch({ base, next, drafts }: Batch): WorkflowStoreState {
  let tasks: Record<string, TaskState> | undefined
  for (const [id, draft] of drafts) {
    const task = closeDraft(draft)
    if (task !== EMPTY_TASK && task !== own(next.tasks, id)) setOwn((tasks ??= { ...next.tasks }), id, task)
  }
  next.tasks = tasks ?? next.tasks
  return isSame(base, next) ? base : next
}

/** Applies one fact. */
export function applyFact(batch: Batch, fact: Fact): void {
  const { next, drafts } = batch
  switch (fact.kind) {
    case 'graphRead':
      next.graphs = { ...next.graphs, [fact.workflowId]: fact.graph }
      for (const id of allIds(batch)) {
        const task = taskOf(batch, id)
        if (task?.canvasId === fact.workflowId && task.parentTaskId === null) paint(batch, draftOf(batch, id))
      }
      return
    case 'shown':
      if (own(next.conversations, fact.conversation) === fact.key) return
      next.conversations = without({ ...next.conversations, [fact.conversation]: fact.key ?? '' }, (_, key) => key === '')
      return
    case 'forgotten': {
      const gone = new Set(fact.taskIds)
      for (const id of gone) drafts.delete(id)
      next.tasks = without(next.tasks, (id) => gone.has(id))
      next.conversations = without(next.conversations, (_, key) => gone.has(resolveKey(next, key)))
      next.aliases = without(next.aliases, (_, id) => gone.has(id))
      return
    }
    case 'restored':
      fact.restore(batch)
      return
    case 'received':
      receive(batch, fact.key, fact.event, fact.at)
      return
    default: {
      const known = fact.kind === 'submitted' ? (fact.continues ?? fact.follows) : undefined
      if (known !== undefined) next.aliases = { ...next.aliases, [fact.key]: resolveKey(next, known) }
      const id = resolveKey(next, fact.key)
      // Only a submit, what was received and what is followed make a task.
      if (fact.kind !== 'submitted' && fact.kind !== 'followed' && !taskOf(batch, id)) return
      const draft = draftOf(batch, id)
      reduceFact(draft, fact, fact.key)
      if (fact.kind === 'submitted') draft.graph = own(next.graphs, fact.workflowId)
      else if (fact.kind === 'polled') findCanvas(batch, draft)
      tellChildren(batch, draft)
    }
  }
}

/** The task that a submit key or a task id stands for. */
export function resolveKey(state: WorkflowStoreState, key: SubmitKey | TaskId): TaskId | SubmitKey {
  const id = own(state.aliases, key)
  // A submit may follow another that had no task yet.
  return id === undefined || id === key ? key : resolveKey(state, id)
}

function receive(batch: Batch, key: SubmitKey | TaskId, event: WorkflowEvent, at: number): void {
  const { taskId } = event
  let id = resolveKey(batch.next, key)
  let root = draftOf(batch, id)
  // Neither a copy from an earlier turn nor a child run that is known names the task.
  if (taskId !== undefined && !root.notes.isNamed && !isPast(root, event) && !taskOf(batch, taskId)?.parentTaskId) {
    if (taskId !== root.task.taskId) {
      nameTask(batch, key, id, root, taskId)
      id = taskId
      root = draftOf(batch, id)
    }
    root.notes.isNamed = true
  }
  const { task } = root
  if (taskId === undefined || taskId === id) {
    hear(batch, root, root, event, at)
    findCanvas(batch, root)
  } else if (!isSettled(task.status)) receiveChild(batch, root, id, taskId, event, at)
}

/** A task that was not submitted here tells its workflow by itself. */
function findCanvas(batch: Batch, root: Draft): void {
  const { task } = root
  if (task.canvasId !== undefined || task.workflowId === undefined) return
  task.canvasId = task.workflowId
  paint(batch, root)
}

/** The first frame names the task: what sat under the submit key, or continued another task, is that one from now on. */
function nameTask(batch: Batch, key: SubmitKey, id: TaskId | SubmitKey, draft: Draft, taskId: TaskId): void {
  const { next, drafts } = batch
  const { task } = draft
  const earlier = task.turns.filter((turn) => turn.key !== task.key)
  const existing = taskOf(batch, taskId) && draftOf(batch, taskId)
  const before = earlier.find((turn) => turn.key === draft.notes.before)
  drafts.delete(id)
  if (task.taskId !== undefined && before) {
    // The task that was to be continued stays what it was.
    const left = openDraft({ ...task, turns: earlier, connection: 'closed', queue: EMPTY_TASK.queue }, draft.graph)
    showTurn(left, before)
    drafts.set(id, left)
  } else next.tasks = without(next.tasks, (other) => other === id)
  if (existing) {
    writeBack(existing)
    task.turns = [...existing.task.turns, ...task.turns.slice(-1)]
  }
  // A conversation goes on where its newest turn is.
  for (const [name, shown] of Object.entries(next.conversations)) {
    if (task.taskId !== undefined && resolveKey(next, shown) === id) next.conversations = { ...next.conversations, [name]: taskId }
  }
  // Who knows it by the key of an earlier submit finds it too.
  next.aliases = { ...next.aliases, ...(task.taskId === undefined ? { [id]: taskId } : {}), [key]: taskId }
  task.continuedFrom = task.taskId ?? null
  task.taskId = taskId
  task.childTaskIds = EMPTY_TASK.childTaskIds
  drafts.set(taskId, draft)
}

function without<Value>(record: Readonly<Record<string, Value>>, isGone: (key: string, value: Value) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => !isGone(key, value)))
}
