import type { WorkflowEvent } from '../protocol/events.ts'
import { closeDraft, openDraft } from './draft.ts'
import type { Draft } from './draft.ts'
import type { Fact, TaskFact } from './fact.ts'
import { endChild, linkChild } from './linkChild.ts'
import { reduceFact } from './reduceTask.ts'
import { settle } from './reduceSnapshot.ts'
import { regraph } from './regraph.ts'
import { EMPTY_TASK, isSettled, own } from './taskState.ts'
import type { SubmitKey, TaskId, TaskState, WorkflowStoreState } from './taskState.ts'
import type { TaskStatus } from '../protocol/task.ts'

type Records = { -readonly [Key in keyof WorkflowStoreState]: WorkflowStoreState[Key] }

/** One batch: the drafts of the tasks that it touches, by the key they will be stored under. */
interface Batch {
  readonly next: Records
  readonly drafts: Map<TaskId | SubmitKey, Draft>
}

/**
 * Applies a batch of facts to everything the store holds: finds the task of each, routes the frames of child runs,
 * and lets the service name what was only a submit key. Pure, like `reduceTask`.
 */
export function reduceWorkflow(state: WorkflowStoreState, facts: readonly Fact[]): WorkflowStoreState {
  const batch: Batch = { next: { ...state }, drafts: new Map() }
  for (const fact of facts) applyFact(batch, fact)
  const changed: [string, TaskState][] = []
  for (const [id, draft] of batch.drafts) {
    const task = closeDraft(draft)
    if (task !== EMPTY_TASK && task !== own(batch.next.tasks, id)) changed.push([id, task])
  }
  if (changed.length > 0) batch.next.tasks = { ...batch.next.tasks, ...Object.fromEntries(changed) }
  return Object.keys(state).every((key) => Object.is(state[key as keyof Records], batch.next[key as keyof Records])) ? state : batch.next
}

function applyFact(batch: Batch, fact: Fact): void {
  const { next, drafts } = batch
  switch (fact.kind) {
    case 'graphRead': {
      next.graphs = { ...next.graphs, [fact.workflowId]: fact.graph }
      for (const id of new Set([...Object.keys(next.tasks), ...drafts.keys()])) {
        const canvasId = (drafts.get(id)?.memory ?? own(next.tasks, id)?.memory)?.canvasId
        if (canvasId === fact.workflowId) regraph(draftOf(batch, id), fact.graph)
      }
      return
    }
    case 'shown': {
      const { [fact.conversation]: _, ...rest } = next.conversations
      next.conversations = fact.key === undefined ? rest : { ...rest, [fact.conversation]: fact.key }
      return
    }
    case 'forgotten': {
      const gone = new Set(fact.taskIds)
      for (const id of gone) drafts.delete(id)
      next.tasks = without(next.tasks, (id) => gone.has(id))
      next.aliases = without(next.aliases, (_, id) => gone.has(id))
      return
    }
    case 'received':
      receive(batch, fact.key, fact)
      return
    default: {
      if (fact.kind === 'submitted' && fact.continues !== undefined) {
        next.aliases = { ...next.aliases, [fact.key]: fact.continues }
      }
      const draft = draftOf(batch, resolveKey(next, fact.key))
      const wasOver = isSettled(draft.task.status)
      if (fact.kind === 'submitted') {
        draft.task.taskId = fact.continues
        draft.graph = own(next.graphs, fact.workflowId)
      }
      reduceFact(draft, fact, fact.key)
      for (const childId of draft.task.childTaskIds) followParent(batch, childId, draft, fact, wasOver)
    }
  }
}

/** The task that a submit key or a task id stands for. */
export function resolveKey(state: WorkflowStoreState, key: SubmitKey | TaskId): TaskId | SubmitKey {
  return own(state.aliases, key) ?? key
}

function receive(batch: Batch, key: SubmitKey | TaskId, fact: TaskFact & { kind: 'received' }): void {
  const { next, drafts } = batch
  const { event, at } = fact
  let id = resolveKey(next, key)
  let root = draftOf(batch, id)
  if (event.taskId !== undefined && !root.memory.isNamed) {
    if (event.taskId !== root.task.taskId) {
      root = name(batch, key, id, root, event.taskId)
      id = event.taskId
    }
    root.memory.isNamed = true
    root.memory.before = null
  }
  if (event.taskId === undefined || event.taskId === id) {
    const wasOver = isSettled(root.task.status)
    reduceFact(root, fact, key)
    for (const childId of wasOver ? [] : root.task.childTaskIds) followParent(batch, childId, root, fact, wasOver)
    return
  }
  const known = drafts.get(event.taskId)?.task ?? own(next.tasks, event.taskId)
  // Somebody else's conversation on our line: neither ours nor to be touched.
  if (known && known.parentTaskId === null) return
  const parentId = known?.parentTaskId ?? parentOf(batch, event, id)
  const parent = draftOf(batch, parentId)
  if (isSettled(root.task.status)) return
  receiveChild(draftOf(batch, event.taskId), parent, parentId, event.taskId, fact, at)
}

function receiveChild(child: Draft, parent: Draft, parentId: TaskId, childId: TaskId, fact: TaskFact & { kind: 'received' }, at: number): void {
  const { event } = fact
  const snapshot = 'task' in event ? event.task : undefined
  const time = event.time ?? at
  child.task.taskId = childId
  child.task.parentTaskId = parentId
  child.memory.canvasId = parent.memory.canvasId
  child.memory.isNamed = true
  child.graph = parent.graph
  if (!child.memory.isLinked) {
    const agentId = snapshot?.agentId ?? child.task.workflowId
    const link = linkChild(parent, { taskId: childId, agentId, query: snapshot?.inputText, at: time })
    child.memory.isLinked = link !== undefined
    child.memory.enclosingNodeId = link?.nodeId ?? null
  }
  const wasOver = isSettled(child.task.status)
  reduceFact(child, fact, '')
  if (!wasOver && isSettled(child.task.status)) endChild(parent, childId, child.task.status, child.task.finishedAt ?? time)
}

/** A child run hears what happens to the line that it came on, and ends with the run that it is a part of. */
function followParent(batch: Batch, id: TaskId, parent: Draft, fact: TaskFact, parentWasOver: boolean): void {
  if (!batch.drafts.has(id) && own(batch.next.tasks, id) === undefined) return
  const isOver = isSettled(parent.task.status)
  const child = draftOf(batch, id)
  if (child.task.parentTaskId !== parent.task.taskId) return
  if (isOver && !parentWasOver && !isSettled(child.task.status)) {
    settle(child, parent.task.status as TaskStatus, undefined, parent.task.finishedAt ?? parent.memory.lastEventAt)
  } else if (fact.kind !== 'received' && !isSettled(child.task.status)) {
    child.task.connection = parent.task.connection
  } else {
    return
  }
  for (const grandchildId of child.task.childTaskIds) followParent(batch, grandchildId, child, fact, parentWasOver)
}

function draftOf({ next, drafts }: Batch, id: TaskId | SubmitKey): Draft {
  const known = drafts.get(id)
  if (known) return known
  const task = own(next.tasks, id) ?? EMPTY_TASK
  const { canvasId } = task.memory
  const draft = openDraft(task, canvasId === undefined ? undefined : own(next.graphs, canvasId))
  drafts.set(id, draft)
  return draft
}

/** The first frame names the task: what sat under the submit key, or continued another task, is that one from now on. */
function name(batch: Batch, key: SubmitKey, id: TaskId | SubmitKey, draft: Draft, taskId: TaskId): Draft {
  const { next, drafts } = batch
  const { task, memory } = draft
  const existing = drafts.has(taskId) || own(next.tasks, taskId) ? draftOf(batch, taskId).task : undefined
  drafts.delete(id)
  if (task.taskId === undefined) {
    next.tasks = without(next.tasks, (other) => other === id)
  } else {
    task.continuedFrom = task.taskId
    if (memory.before) next.tasks = { ...next.tasks, [id]: memory.before }
  }
  if (existing) task.turns = [...existing.turns, ...task.turns.slice(-1)]
  task.taskId = taskId
  next.aliases = { ...next.aliases, [key]: taskId }
  drafts.set(taskId, draft)
  return draft
}

/** The run that a child belongs to: the one it names, else the one that named it, else the streamed one. */
function parentOf(batch: Batch, event: WorkflowEvent, rootId: TaskId): TaskId {
  const named = 'task' in event ? event.task.parentTaskId : undefined
  if (named !== undefined && named !== event.taskId && (batch.drafts.has(named) || own(batch.next.tasks, named))) return named
  return rootId
}

function without<Value>(record: Readonly<Record<string, Value>>, isGone: (key: string, value: Value) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => !isGone(key, value)))
}
