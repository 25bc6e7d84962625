import type { WorkflowEvent } from '../protocol/events.ts'
import type { TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import { allIds, draftOf, taskOf } from './batch.ts'
import type { Batch } from './batch.ts'
import { outcomeOf } from './describeNode.ts'
import type { Draft } from './taskDraft.ts'
import { own } from './own.ts'
import { isPast, reduceEvent } from './reduceEvent.ts'
import { addChildren, settle } from './reduceSnapshot.ts'
import { subAgentStep, subAgents } from './reduceStep.ts'
import { isSettled } from './runStatus.ts'
import { add, nodeFor, resettle, rewrite } from './sights.ts'
import type { Seen } from './sights.ts'
import type { SubAgentStep, TaskId, TaskState } from './taskState.ts'

/** Gives a task an event of its own, and its child runs what that means to them. False when it says nothing new. */
export function hear(batch: Batch, draft: Draft, root: Draft, event: WorkflowEvent, at: number): boolean {
  const { connection } = root.task
  const wasOver = isSettled(draft.task.status)
  if (!reduceEvent(draft, root, event, at)) return false
  if (root.task.connection !== connection) tellChildren(batch, root)
  if (wasOver !== isSettled(draft.task.status)) tellChildren(batch, draft)
  // A trigger may say where a child run is that came before it.
  if (event.kind === 'subAgentTrigger') placeChildren(batch, draft)
  return true
}

/** Gives a child run an event of its own, and its parent what that means there. */
export function receiveChild(batch: Batch, root: Draft, rootId: TaskId, childId: TaskId, event: WorkflowEvent, at: number): void {
  const parentId = parentOf(batch, rootId, childId, event)
  if (parentId === undefined) return
  const parent = draftOf(batch, parentId)
  const child = draftOf(batch, childId)
  const { task } = child
  const { auth, status } = task
  child.graph = parent.graph
  if (isPast(parent, event) || isSettled(parent.task.status) || !hear(batch, child, root, event, at)) return

  const { taskId: parentTaskId = null, canvasId } = parent.task
  if (task.parentTaskId !== null && task.parentTaskId !== parentTaskId) {
    const { task: before } = draftOf(batch, task.parentTaskId)
    before.childTaskIds = before.childTaskIds.filter((id) => id !== childId)
  }
  Object.assign(task, { taskId: childId, parentTaskId, canvasId })
  addChildren(parent, [childId])
  // Whoever watches the root has to sign in for its sub-agents too.
  for (let id = parentTaskId; id !== null && task.auth !== auth; id = taskOf(batch, id)?.parentTaskId ?? null) {
    const { task: above } = draftOf(batch, id)
    if (above.auth === null || above.auth === auth) above.auth = task.auth
  }
  const isOver = isSettled(task.status)
  if (!isOver) task.connection = root.task.connection
  const seen = stepOf(parent, childId) ?? linkChild(parent, child, event)
  if (!seen) return
  if (task.parentNodeId !== (seen.home.id || null)) placeChildren(batch, parent)
  if (isOver && !isSettled(status)) rewrite(parent, seen, { ...seen.what, status: outcomeOf(task.status), endedAt: task.finishedAt })
}

/** Child runs hear what happens to the line that they come on, and end with the run that they are a part of. */
export function tellChildren(batch: Batch, parent: Draft): void {
  const { status, finishedAt, connection, childTaskIds } = parent.task
  for (const id of childTaskIds) {
    const task = childOf(batch, parent, id)
    if (!task || isSettled(task.status)) continue
    const child = draftOf(batch, id)
    if (isSettled(status)) settle(child, status as TaskStatus, {}, finishedAt ?? 0)
    else child.task.connection = connection
    tellChildren(batch, child)
  }
}

/** Puts a run and its child runs on their canvas, once that is known. */
export function paint(batch: Batch, draft: Draft): void {
  const graph = own(batch.next.graphs, draft.task.canvasId ?? '')
  if (!graph) return
  draft.graph = graph
  draft.task.progress = null
  resettle(draft)
  placeChildren(batch, draft, true)
}

/** A child run is in the node that its step in the parent is in, wherever that has moved, and on the parent's canvas. */
function placeChildren(batch: Batch, parent: Draft, isPainted = false): void {
  for (const id of parent.task.childTaskIds) {
    const task = childOf(batch, parent, id)
    const seen = stepOf(parent, id)
    const parentNodeId = seen ? seen.home.id || null : task?.parentNodeId
    // To open a child costs more than to look at it, and most stay where they are.
    if (!task || (!isPainted && task.parentNodeId === parentNodeId)) continue
    const child = draftOf(batch, id)
    child.graph = parent.graph
    child.task.parentNodeId = parentNodeId
    resettle(child)
    placeChildren(batch, child, isPainted)
  }
}

/** The run that a child belongs to: the one it names, else the one that named it, else the streamed one. */
function parentOf(batch: Batch, rootId: TaskId, childId: TaskId, event: WorkflowEvent): TaskId | undefined {
  const { taskId, parentTaskId = null } = taskOf(batch, childId) ?? {}
  // Somebody else's conversation on our line is neither ours nor to be touched.
  if (taskId !== undefined && !isPartOf(batch, childId, rootId)) return undefined
  const canHold = (id: TaskId): boolean =>
    isPartOf(batch, id, rootId) && !isPartOf(batch, id, childId) && !isSettled(taskOf(batch, id)?.status ?? 'idle')
  const named = 'task' in event ? event.task.parentTaskId : undefined
  if (named !== undefined && canHold(named) && !(parentTaskId !== null && stepOf(draftOf(batch, parentTaskId), childId))) return named
  return parentTaskId ?? allIds(batch).find((id) => taskOf(batch, id)?.childTaskIds.includes(childId) && canHold(id)) ?? rootId
}

/** Whether a run is this one, or belongs to it. */
function isPartOf(batch: Batch, id: TaskId, whole: TaskId): boolean {
  const parentId = id === whole ? null : taskOf(batch, id)?.parentTaskId
  return id === whole || (!!parentId && isPartOf(batch, parentId, whole))
}

function childOf(batch: Batch, parent: Draft, id: TaskId): TaskState | undefined {
  const task = taskOf(batch, id)
  return task?.parentTaskId === parent.task.taskId ? task : undefined
}

/** The step of a child run. */
const stepOf = (parent: Draft, childId: TaskId): Seen<SubAgentStep> | undefined => subAgents(parent, `task ${childId}`)[0]

/** Joins a child run with the step that triggered it, unless that cannot be told. */
function linkChild(parent: Draft, { task }: Draft, event: WorkflowEvent): Seen<SubAgentStep> | undefined {
  const { taskId = '', workflowId, startedAt } = task
  const told: Partial<TaskSnapshot> = 'task' in event ? event.task : {}
  const { agentId = workflowId, inputText, parentTaskId = parent.task.taskId } = told
  if (agentId === undefined || parentTaskId !== parent.task.taskId) return undefined
  // Of several triggers of one agent the question tells which one it was, unless they are all of one node anyway.
  const asked = subAgents(parent, `asked ${agentId}`)
  if (asked.length === 0) return add(parent, nodeFor(parent, { agentId }), subAgentStep(parent, startedAt, agentId, taskId))
  const seen = asked.find(({ what }) => what.query === inputText) ?? (asked.every(({ home }) => home === asked[0]?.home) ? asked[0] : undefined)
  if (seen) rewrite(parent, seen, { ...seen.what, taskId })
  return seen
}
