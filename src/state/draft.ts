import type { WorkflowGraph } from '../protocol/graph.ts'
import { describeHolder, describeNode } from './describeNode.ts'
import { isSame } from './isSame.ts'
import { graphNode } from './resolveNode.ts'
import { EMPTY_TURN, isSettled, own } from './taskState.ts'
import type { NodeId, NodeSight, Notes, Step, SubmitKey, TaskState, TimelineNode, Turn, Wait } from './taskState.ts'

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] }

/** A node while it is written; the one without a name holds the unassigned steps. */
export interface SightDraft extends NodeSight {
  readonly steps: Step[]
  readonly waits: Wait[]
  readonly executions: number[]
}

/** One task while a batch of facts is applied: a branch is copied when it is first written, once a batch. */
export interface Draft {
  readonly base: TaskState
  readonly task: Mutable<TaskState>
  turn: Mutable<Turn>
  notes: Mutable<Notes>
  graph: WorkflowGraph | undefined
  /** Nodes written in this batch. */
  readonly sights: Map<NodeId, SightDraft>
  /** Where the calls are that a result may come for, by their key: a hint that makes finding them cheap. */
  calls: Map<string, NodeId> | undefined
}

/** The name under which the unassigned steps are kept while they are written. */
export const UNASSIGNED = ''

// Nothing that the steps do not say. It moves along with the newest state; an older one looks through its steps again.
const callMaps = new WeakMap<Notes, Map<string, NodeId>>()

export function openDraft(base: TaskState, graph: WorkflowGraph | undefined): Draft {
  const turn = { ...(base.turns.find(({ key }) => key === base.key) ?? EMPTY_TURN) }
  return { base, task: { ...base }, turn, notes: { ...turn.notes }, graph, sights: new Map(), calls: undefined }
}

/** The state that the draft came to; the very same object when nothing changed. */
export function closeDraft(draft: Draft): TaskState {
  const { base, task } = draft
  writeBack(draft)
  if (draft.calls) callMaps.set(task.notes, draft.calls)
  return isSame(task, base) ? base : task
}

/** Begins a turn; what was on screen stays in the turns before. */
export function openTurn(draft: Draft, key: SubmitKey, input: Turn['input']): void {
  writeBack(draft)
  const floorAt = Math.max(draft.notes.floorAt, draft.notes.lastEventAt)
  draft.turn = { ...EMPTY_TURN, key, input, status: 'pending' }
  draft.notes = { ...EMPTY_TURN.notes, floorAt }
  draft.calls = new Map()
  draft.task.turns = [...draft.task.turns, { ...draft.turn }]
}

/** Puts what was written into the task, whose flat fields are those of the turn that is shown. */
export function writeBack(draft: Draft): void {
  const { task, turn, notes, sights, graph } = draft
  const unassigned = sights.get(UNASSIGNED)
  if (unassigned) turn.unassigned = unassigned.steps
  sights.delete(UNASSIGNED)
  if (sights.size > 0) {
    const nodes: Record<NodeId, TimelineNode> = {
      ...turn.nodes,
      ...Object.fromEntries([...sights].map(([id, sight]) => [id, describeNode(sight, own(turn.nodes, id), graph, turn)])),
    }
    // A holder may be held itself; a set also visits what is added meanwhile, once.
    const holders = new Set([...sights.keys()].map((id) => own(nodes, id)?.parentId))
    for (const id of holders) {
      const holder = id ? own(nodes, id) : undefined
      if (!holder) continue
      nodes[holder.id] = describeHolder(holder, Object.values(nodes))
      holders.add(holder.parentId)
    }
    turn.nodes = nodes
    turn.timeline = turn.nodeOrder.map((id) => own(nodes, id) as TimelineNode)
  }
  if (notes.settledText.length + notes.tailText.length !== turn.text.length) turn.text = notes.settledText + notes.tailText
  if (sights.size > 0 || turn.progress === null || graph === undefined) {
    const progress = progressOf(turn, task.parentTaskId === null ? graph : undefined)
    if (!isSame(progress, turn.progress)) turn.progress = progress
  }
  sights.clear()
  if (!isSame(notes, turn.notes)) turn.notes = { ...notes }
  const before = task.turns.find(({ key }) => key === turn.key)
  if (before === undefined) return
  if (!isSame(turn, before)) task.turns = task.turns.map((other) => (other === before ? { ...turn } : other))
  // A refused turn leaves the one before it on screen, but its error is told.
  Object.assign(task, turn, { error: task.turns.at(-1)?.error })
}

/** The steps of a node, or with `UNASSIGNED` those of none. */
export function stepsOf(draft: Draft, id: NodeId): readonly Step[] {
  const sight = draft.sights.get(id) ?? own(draft.turn.nodes, id)
  return sight?.steps ?? (id === UNASSIGNED ? draft.turn.unassigned : [])
}

/** A node, ready to be written; one not seen before takes its place at the end of the order, after what holds it. */
export function editSight(draft: Draft, id: NodeId): SightDraft {
  const { turn, sights, graph } = draft
  const edited = sights.get(id)
  if (edited) return edited
  const known = own(turn.nodes, id)
  if (!known && id !== UNASSIGNED) {
    const parentId = graphNode(graph, id)?.parentId
    if (parentId !== undefined && parentId !== id) editSight(draft, parentId)
    turn.nodeOrder = [...turn.nodeOrder, id]
  }
  const { waits = [], executions = [] } = known ?? {}
  const sight = { id, steps: [...stepsOf(draft, id)], waits: [...waits], executions: [...executions] }
  sights.set(id, sight)
  return sight
}

/** Where calls are, by `callKey`. */
export function callsOf(draft: Draft): Map<string, NodeId> {
  if (draft.calls) return draft.calls
  const { notes } = draft.base
  const known = callMaps.get(notes)
  callMaps.delete(notes)
  draft.calls = known ?? new Map()
  for (const id of known ? [] : [UNASSIGNED, ...draft.turn.nodeOrder]) {
    for (const step of stepsOf(draft, id)) if (step.kind === 'toolCall') draft.calls.set(callKey(step), id)
  }
  return draft.calls
}

/** Steps have moved: calls are looked for again. */
export function forgetCalls(draft: Draft): void {
  callMaps.delete(draft.base.notes)
  draft.calls = undefined
}

/** Correlates a tool call's request and result: tool_call_id, else request_id, else the operation (xpander-api.md 7.3). */
export function callKey(call: { readonly [Key in 'toolCallId' | 'requestId' | 'operationId' | 'toolName']: string | null | undefined }): string {
  return call.toolCallId ? `c ${call.toolCallId}` : call.requestId ? `r ${call.requestId}` : `o ${call.operationId || call.toolName}`
}

function progressOf({ status, nodes, plan }: Turn, graph: WorkflowGraph | undefined): Turn['progress'] {
  const parts =
    graph?.nodes
      .filter((node) => node.sourceNodeId === undefined)
      .map(({ id }) => (own(nodes, id) ? own(nodes, id)?.endedAt !== null : isSettled(status))) ??
    plan?.tasks.map((task) => task.isCompleted)
  return parts?.length ? { done: parts.filter(Boolean).length, total: parts.length } : null
}
