import type { WorkflowEvent } from '../protocol/events.ts'
import type { TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import { allIds, draftOf, taskOf } from './batch.ts'
import type { Batch } from './batch.ts'
import { outcomeOf } from './describeNode.ts'
import { placesOf, put, stepAt } from './draft.ts'
import type { Draft } from './draft.ts'
import { isPast, nodeFor, subAgentStep } from './reduceEvent.ts'
import { addChildren, settle } from './reduceSnapshot.ts'
import { openLine, receiveEvent } from './reduceTask.ts'
import { reassign, regraph } from './regraph.ts'
import type { Place } from './stepIndex.ts'
import { own } from './own.ts'
import { isSettled } from './runStatus.ts'
import type { SubAgentStep, TaskId } from './taskState.ts'

interface SubAgent {
  readonly place: Place
  readonly step: SubAgentStep
}

/** Gives a task an event of its own, and its child runs what that means to them. False when it says nothing new. */
export function hear(batch: Batch, draft: Draft, root: Draft, event: WorkflowEvent, at: number): boolean {
  const { turn } = draft
  const { eventCount } = turn
  const { connection } = root.task
  const wasOver = isSettled(turn.status)
  if (!receiveEvent(draft, root, event, at) || (draft.turn === turn && turn.eventCount === eventCount)) return false
  openLine(root)
  if (root.task.connection !== connection) tellChildren(batch, root)
  if (wasOver !== isSettled(draft.turn.status)) tellChildren(batch, draft)
  // A trigger may say where a child run is that came before it.
  if (event.kind === 'subAgentTrigger') encloseChildren(batch, draft)
  return true
}

/** The run that a child belongs to: the one it names, else the one that named it, else the streamed one. */
export function parentOf(batch: Batch, rootId: TaskId, childId: TaskId, event: WorkflowEvent): TaskId | undefined {
  const { task, notes } = draftOf(batch, childId)
  const isOfRoot = (id: TaskId): boolean => lineOf(batch, id).at(-1) === rootId
  // Somebody else's conversation on our line is neither ours nor to be touched.
  if (task.taskId !== undefined && !isOfRoot(childId)) return undefined
  const canHold = (id: TaskId): boolean =>
    isOfRoot(id) && !lineOf(batch, id).includes(childId) && !isSettled(draftOf(batch, id).turn.status)
  const named = 'task' in event ? event.task.parentTaskId : undefined
  if (named !== undefined && !notes.isLinked && canHold(named)) return named
  return task.parentTaskId ?? allIds(batch).find((id) => taskOf(batch, id)?.childTaskIds.includes(childId) && canHold(id)) ?? rootId
}

/** A task, its parent, and so on up to its root. */
function lineOf(batch: Batch, id: TaskId): TaskId[] {
  const parentId = taskOf(batch, id)?.parentTaskId
  return parentId ? [id, ...lineOf(batch, parentId)] : [id]
}

/** Gives a child run an event of its own, and its parent what that means there. */
export function receiveChild(batch: Batch, root: Draft, parent: Draft, childId: TaskId, event: WorkflowEvent, at: number): void {
  const child = draftOf(batch, childId)
  const { task } = child
  const wasOver = isSettled(child.turn.status)
  const { auth } = child.turn
  child.graph = parent.graph
  if (isPast(parent, event) || isSettled(parent.turn.status) || !hear(batch, child, root, event, at)) return

  const { taskId: parentTaskId = null, canvasId } = parent.task
  const before = task.parentTaskId === null ? undefined : draftOf(batch, task.parentTaskId).task
  if (before && before !== parent.task) before.childTaskIds = before.childTaskIds.filter((id) => id !== childId)
  Object.assign(task, { taskId: childId, parentTaskId, canvasId })
  addChildren(parent, [childId])
  // Whoever watches the root has to sign in for its sub-agents too.
  for (const id of child.turn.auth === auth ? [] : lineOf(batch, parentTaskId ?? '')) {
    const { turn } = draftOf(batch, id)
    if (turn.auth === null || turn.auth === auth) turn.auth = child.turn.auth
  }
  const isOver = isSettled(child.turn.status)
  if (!isOver) task.connection = root.task.connection
  if (!child.notes.isLinked && linkChild(parent, child, event)) encloseChildren(batch, parent)
  if (wasOver || !isOver) return
  const known = subAgentOf(parent, childId)
  if (known) put(parent, known.place.id, { ...known.step, status: outcomeOf(child.turn.status), endedAt: child.turn.finishedAt }, known.place)
}

/** Joins a child run with the step that triggered it; false while that cannot be told. */
function linkChild(parent: Draft, { task: { taskId = '', workflowId }, turn }: Draft, event: WorkflowEvent): boolean {
  if (subAgentOf(parent, taskId)) return true
  const told: Partial<TaskSnapshot> = 'task' in event ? event.task : {}
  const { agentId = workflowId, inputText, parentTaskId = parent.task.taskId } = told
  if (agentId === undefined || parentTaskId !== parent.task.taskId) return false
  // Of several triggers of one agent the question tells which one it was, unless they are all of one node anyway.
  const asked = subAgentsOf(parent, `asked ${agentId}`)
  const isOfOneNode = asked.every(({ place }) => place.id === asked[0]?.place.id)
  const known = asked.find(({ step }) => step.query === inputText) ?? (isOfOneNode ? asked[0] : undefined)
  if (!known && asked.length > 0) return false
  const step = known?.step ?? subAgentStep(parent, { startedAt: turn.startedAt, title: null, agentId, taskId, triggerId: null, query: null })
  put(parent, known?.place.id ?? nodeFor(parent, { agentId }), { ...step, taskId }, known?.place)
  return true
}

/** The step of a child run. */
const subAgentOf = (parent: Draft, childId: TaskId): SubAgent | undefined => subAgentsOf(parent, `task ${childId}`)[0]

const subAgentsOf = (parent: Draft, name: string): SubAgent[] =>
  placesOf(parent, name).flatMap((place) => {
    const step = stepAt(parent, place)
    return step?.kind === 'subAgent' ? [{ place, step }] : []
  })

/** A child run is in the node that its step in the parent is in, wherever that has moved. */
function encloseChildren(batch: Batch, parent: Draft): void {
  for (const id of parent.task.childTaskIds) {
    const known = subAgentOf(parent, id)
    const task = taskOf(batch, id)
    if (!known || !task || task.parentTaskId !== parent.task.taskId) continue
    const parentNodeId = known.place.id || null
    const isPlaced = task.parentNodeId === parentNodeId
    // To open a child costs more than to look at it, and most stay where they are.
    if (isPlaced && (batch.drafts.get(id) ?? own(batch.next.tasks, id))?.notes.isLinked) continue
    const child = draftOf(batch, id)
    child.notes.isLinked = true
    child.graph = parent.graph
    if (isPlaced) continue
    child.task.parentNodeId = parentNodeId
    reassign(child)
  }
}

/** Puts a run and its child runs on their canvas, once that is known. */
export function paint(batch: Batch, draft: Draft): void {
  const { taskId, canvasId = '', childTaskIds } = draft.task
  const graph = own(batch.next.graphs, canvasId)
  if (!graph) return
  regraph(draft, graph)
  encloseChildren(batch, draft)
  for (const id of childTaskIds) {
    if (taskOf(batch, id)?.parentTaskId === taskId) paint(batch, draftOf(batch, id))
  }
}

/** Child runs hear what happens to the line that they come on, and end with the run that they are a part of. */
export function tellChildren(batch: Batch, parent: Draft): void {
  for (const id of parent.task.childTaskIds) {
    if (taskOf(batch, id)?.parentTaskId !== parent.task.taskId) continue
    const child = draftOf(batch, id)
    if (isSettled(child.turn.status)) continue
    const { status, finishedAt } = parent.turn
    if (isSettled(status)) settle(child, status as TaskStatus, {}, finishedAt ?? 0)
    else child.task.connection = parent.task.connection
    tellChildren(batch, child)
  }
}
