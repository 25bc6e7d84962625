import type { WorkflowEvent } from '../protocol/events.ts'
import { outcomeOf } from './describeNode.ts'
import { UNASSIGNED, closeDraft, openDraft } from './draft.ts'
import type { Draft } from './draft.ts'
import type { Fact, TaskFact } from './fact.ts'
import { findSubAgent, nodeFor, put, stepFields } from './reduceEvent.ts'
import { addChildren, settle } from './reduceSnapshot.ts'
import { reduceFact, showTurn } from './reduceTask.ts'
import { reassign, regraph } from './regraph.ts'
import { EMPTY_TASK, isSettled, own } from './taskState.ts'
import type { NodeId, SubAgentStep, SubmitKey, TaskId, TaskState, WorkflowStoreState } from './taskState.ts'
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
        if ((drafts.get(id)?.task ?? own(next.tasks, id))?.canvasId !== fact.workflowId) continue
        const draft = draftOf(batch, id)
        const { parentTaskId } = draft.task
        const place = parentTaskId === null ? undefined : findSubAgent(draftOf(batch, parentTaskId), ({ taskId }) => taskId === id)
        if (place) draft.task.parentNodeId = place.id || null
        regraph(draft, fact.graph)
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
      next.conversations = without(next.conversations, (_, key) => gone.has(resolveKey(next, key)))
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
      if (fact.kind === 'submitted') {
        draft.task.taskId = fact.continues
        draft.graph = own(next.graphs, fact.workflowId)
      }
      reduceFact(draft, fact, fact.key)
      tellChildren(batch, draft)
    }
  }
}

/** The task that a submit key or a task id stands for. */
export function resolveKey(state: WorkflowStoreState, key: SubmitKey | TaskId): TaskId | SubmitKey {
  return own(state.aliases, key) ?? key
}

function receive(batch: Batch, key: SubmitKey | TaskId, fact: TaskFact & { kind: 'received' }): void {
  const { next, drafts } = batch
  const { event } = fact
  let id = resolveKey(next, key)
  let root = draftOf(batch, id)
  if (event.taskId !== undefined && !root.notes.isNamed) {
    if (event.taskId !== root.task.taskId) {
      root = name(batch, key, id, root, event.taskId)
      id = event.taskId
    }
    root.notes.isNamed = true
  }
  const wasOver = isSettled(root.turn.status)
  if (event.taskId === undefined || event.taskId === id) {
    reduceFact(root, fact, key)
    if (!wasOver && isSettled(root.turn.status)) tellChildren(batch, root)
    return
  }
  const known = drafts.get(event.taskId)?.task ?? own(next.tasks, event.taskId)
  // Somebody else's conversation on our line is neither ours nor to be touched; neither is what comes after the end.
  if (wasOver || (known && known.parentTaskId === null)) return
  const parent = draftOf(batch, known?.parentTaskId ?? parentOf(batch, event, id))
  receiveChild(draftOf(batch, event.taskId), parent, event.taskId, fact)
}

function receiveChild(child: Draft, parent: Draft, childId: TaskId, fact: TaskFact & { kind: 'received' }): void {
  const { event, at } = fact
  const { task } = child
  const time = event.time ?? at
  task.taskId = childId
  task.parentTaskId = parent.task.taskId ?? null
  task.canvasId = parent.task.canvasId
  child.graph = parent.graph
  addChildren(parent, [childId])
  if (task.parentNodeId === undefined) {
    task.parentNodeId = linkChild(parent, childId, event, task.workflowId, time)
    if (task.parentNodeId) reassign(child)
  }
  const wasOver = isSettled(child.turn.status)
  reduceFact(child, fact, '')
  if (wasOver || !isSettled(child.turn.status)) return
  const step = findSubAgent(parent, ({ taskId }) => taskId === childId)
  const status = outcomeOf(child.turn.status)
  if (step) put(parent, step.id, { ...step.step, status, endedAt: child.turn.finishedAt }, step.position)
}

/** Joins a child run with the step that triggered it, and answers its node; `undefined` while that cannot be told. */
function linkChild(parent: Draft, taskId: TaskId, event: WorkflowEvent, known: string | undefined, time: number): NodeId | null | undefined {
  const { agentId = known, inputText = undefined } = 'task' in event ? event.task : {}
  let place = findSubAgent(parent, (step) => step.taskId === taskId)
  if (!place && agentId === undefined) return undefined
  // Of several triggers of one agent the question tells which one it was.
  const isWaiting = (step: SubAgentStep): boolean => step.taskId === null && step.agentId === agentId
  place ??= findSubAgent(parent, (step) => isWaiting(step) && step.query === inputText) ?? findSubAgent(parent, isWaiting)
  const id = place?.id ?? nodeFor(parent, { agentId })
  if (place?.step.taskId !== taskId) {
    const step: SubAgentStep = place?.step ?? {
      ...stepFields(parent), kind: 'subAgent', startedAt: time, agentId: agentId ?? null, triggerId: null, query: null, taskId,
    }
    put(parent, id, { ...step, taskId }, place?.position)
  }
  return id === UNASSIGNED ? null : id
}

/** Child runs hear what happens to the line that they come on, and end with the run that they are a part of. */
function tellChildren(batch: Batch, parent: Draft): void {
  for (const id of parent.task.childTaskIds) {
    if (!batch.drafts.has(id) && own(batch.next.tasks, id) === undefined) continue
    const child = draftOf(batch, id)
    if (child.task.parentTaskId !== parent.task.taskId || isSettled(child.turn.status)) continue
    const { status, finishedAt } = parent.turn
    if (isSettled(status)) settle(child, status as TaskStatus, {}, finishedAt ?? 0)
    else child.task.connection = parent.task.connection
    tellChildren(batch, child)
  }
}

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
  const existing = drafts.has(taskId) || own(next.tasks, taskId) ? draftOf(batch, taskId).task : undefined
  const { task, turn } = draft
  drafts.delete(id)
  next.tasks = without(next.tasks, (other) => other === id)
  if (task.taskId !== undefined) {
    // The task that was to be continued stays what it was.
    const left = openDraft({ ...task, turns: task.turns.filter((other) => other.key !== turn.key), connection: 'closed' }, draft.graph)
    showTurn(left, left.task.turns.length - 1)
    drafts.set(id, left)
    task.continuedFrom = task.taskId
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
