import type { WorkflowEvent } from '../protocol/events.ts'
import type { TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import { outcomeOf } from './describeNode.ts'
import { closeDraft, openDraft, placesOf, put, stepAt, writeBack } from './draft.ts'
import type { Draft } from './draft.ts'
import type { Fact, TaskFact } from './fact.ts'
import { isPast, nodeFor, subAgentStep } from './reduceEvent.ts'
import { addChildren, settle } from './reduceSnapshot.ts'
import { openLine, receiveEvent, reduceFact, showTurn } from './reduceTask.ts'
import { reassign, regraph } from './regraph.ts'
import type { Place } from './stepIndex.ts'
import { EMPTY_TASK, isSettled, own } from './taskState.ts'
import type { SubAgentStep, SubmitKey, TaskId, TaskState, Turn, WorkflowStoreState } from './taskState.ts'

type Records = { -readonly [Key in keyof WorkflowStoreState]: WorkflowStoreState[Key] }

/** One batch: the drafts of the tasks that it touches, by the key they will be stored under. */
interface Batch {
  readonly next: Records
  readonly drafts: Map<TaskId | SubmitKey, Draft>
}

interface SubAgent {
  readonly place: Place
  readonly step: SubAgentStep
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
    case 'graphRead':
      next.graphs = { ...next.graphs, [fact.workflowId]: fact.graph }
      for (const id of allIds(batch)) {
        const task = taskOf(batch, id)
        if (task?.canvasId === fact.workflowId && task.parentTaskId === null) paint(batch, draftOf(batch, id))
      }
      return
    case 'shown': {
      if (own(next.conversations, fact.conversation) === fact.key) return
      const { [fact.conversation]: _, ...rest } = next.conversations
      next.conversations = fact.key === undefined ? rest : { ...rest, [fact.conversation]: fact.key }
      return
    }
    case 'forgotten': {
      const gone = new Set(fact.taskIds)
      for (const id of gone) drafts.delete(id)
      next.tasks = without(next.tasks, (id) => gone.has(id))
      next.conversations = without(next.conversations, (_, key) => gone.has(resolveKey(next, key)))
      next.aliases = without(next.aliases, (_, id) => gone.has(id))
      return
    }
    case 'received':
      receive(batch, fact.key, fact)
      return
    default: {
      const known = fact.kind === 'submitted' ? (fact.continues ?? fact.follows) : undefined
      if (known !== undefined) next.aliases = { ...next.aliases, [fact.key]: resolveKey(next, known) }
      const id = resolveKey(next, fact.key)
      // Only a submit, and what was received, make a task.
      if (fact.kind !== 'submitted' && !taskOf(batch, id)) return
      const draft = draftOf(batch, id)
      reduceFact(draft, fact, fact.key)
      if (fact.kind === 'submitted') draft.graph = own(next.graphs, fact.workflowId)
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

function receive(batch: Batch, key: SubmitKey | TaskId, { event, at }: TaskFact & { kind: 'received' }): void {
  const { taskId } = event
  let id = resolveKey(batch.next, key)
  let root = draftOf(batch, id)
  // Neither a copy from an earlier turn nor a child run that is known names the task.
  if (taskId !== undefined && !root.notes.isNamed && !isPast(root, event) && !taskOf(batch, taskId)?.parentTaskId) {
    if (taskId !== root.task.taskId) {
      root = name(batch, key, id, root, taskId)
      id = taskId
    }
    root.notes.isNamed = true
  }
  if (taskId === undefined || taskId === id) {
    hear(batch, root, root, event, at)
    if (root.task.canvasId !== undefined || root.task.workflowId === undefined) return
    root.task.canvasId = root.task.workflowId
    paint(batch, root)
  } else if (!isSettled(root.turn.status)) {
    const parentId = parentOf(batch, id, taskId, event)
    if (parentId !== undefined) receiveChild(batch, root, draftOf(batch, parentId), taskId, event, at)
  }
}

/** Gives a task an event of its own, and its child runs what that means to them. False when it says nothing new. */
function hear(batch: Batch, draft: Draft, root: Draft, event: WorkflowEvent, at: number): boolean {
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
function parentOf(batch: Batch, rootId: TaskId, childId: TaskId, event: WorkflowEvent): TaskId | undefined {
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

function receiveChild(batch: Batch, root: Draft, parent: Draft, childId: TaskId, event: WorkflowEvent, at: number): void {
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
function paint(batch: Batch, draft: Draft): void {
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
function tellChildren(batch: Batch, parent: Draft): void {
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

/** What is known of a task, apart from what a turn of it says, which may not be written back yet. */
const taskOf = ({ next, drafts }: Batch, id: TaskId | SubmitKey): Omit<TaskState, keyof Turn> | undefined =>
  drafts.get(id)?.task ?? own(next.tasks, id)

const allIds = ({ next, drafts }: Batch): (TaskId | SubmitKey)[] => [...new Set([...Object.keys(next.tasks), ...drafts.keys()])]

function draftOf({ next, drafts }: Batch, id: TaskId | SubmitKey): Draft {
  const known = drafts.get(id)
  if (known) return known
  const task = own(next.tasks, id) ?? EMPTY_TASK
  const { canvasId } = task
  const draft = openDraft(task, canvasId === undefined ? undefined : own(next.graphs, canvasId))
  drafts.set(id, draft)
  return draft
}

/** The first frame names the task: what sat under the submit key, or continued another task, is that one from now on. */
function name(batch: Batch, key: SubmitKey, id: TaskId | SubmitKey, draft: Draft, taskId: TaskId): Draft {
  const { next, drafts } = batch
  const { task, turn } = draft
  const earlier = task.turns.filter(({ key: other }) => other !== turn.key)
  const existing = taskOf(batch, taskId) && draftOf(batch, taskId)
  drafts.delete(id)
  if (task.taskId !== undefined && earlier.length > 0) {
    // The task that was to be continued stays what it was.
    const left = openDraft({ ...task, turns: earlier, connection: 'closed' }, draft.graph)
    showTurn(left, draft.notes.before)
    drafts.set(id, left)
  } else next.tasks = without(next.tasks, (other) => other === id)
  if (existing) {
    writeBack(existing)
    task.turns = [...existing.task.turns, ...task.turns.slice(-1)]
  }
  // Who knows it by the key of an earlier submit finds it too.
  next.aliases = { ...next.aliases, ...(task.taskId === undefined ? { [id]: taskId } : {}), [key]: taskId }
  task.continuedFrom = task.taskId ?? null
  task.taskId = taskId
  task.childTaskIds = []
  drafts.set(taskId, draft)
  return draft
}

function without<Value>(record: Readonly<Record<string, Value>>, isGone: (key: string, value: Value) => boolean): Record<string, Value> {
  return Object.fromEntries(Object.entries(record).filter(([key, value]) => !isGone(key, value)))
}
