import type { WorkflowGraph } from '../protocol/graph.ts'
import { graphNode } from './resolveNode.ts'
import { noteStep } from './stepIndex.ts'
import type { StepIndex } from './stepIndex.ts'
import { EMPTY_TURN, isSettled, own } from './taskState.ts'
import type { Attempt, Memory, NodeId, Step, SubmitKey, TaskState, TimelineNode, Turn, Wait } from './taskState.ts'

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] }

/** A node while it is written. */
export interface NodeDraft extends Mutable<Omit<TimelineNode, 'attempts' | 'steps' | 'waits'>> {
  readonly attempts: Attempt[]
  readonly steps: Step[]
  readonly waits: Wait[]
}

/** One task while a batch of facts is applied: a branch is copied when it is first written, once a batch. */
export interface Draft {
  readonly base: TaskState
  readonly task: Mutable<TaskState>
  readonly memory: Mutable<Memory>
  graph: WorkflowGraph | undefined
  /** The canvas changed, and with it what is drawn from it. */
  isRegraphed: boolean
  /** Nodes written in this batch. */
  readonly nodes: Map<NodeId, NodeDraft>
  unassigned: Step[] | undefined
  index: StepIndex | undefined
}

// An index moves along with the newest state; an older state builds its own when it is asked again.
const indexes = new WeakMap<Memory, StepIndex>()

export function openDraft(base: TaskState, graph: WorkflowGraph | undefined): Draft {
  return {
    base,
    task: { ...base },
    memory: { ...base.memory },
    graph,
    isRegraphed: false,
    nodes: new Map(),
    unassigned: undefined,
    index: undefined,
  }
}

/** The state that the draft came to; the very same object when nothing changed. */
export function closeDraft(draft: Draft): TaskState {
  const { base, task, memory } = draft
  writeBack(draft)
  task.memory = isSame(memory, base.memory) ? base.memory : memory
  if (draft.index) indexes.set(task.memory, draft.index)
  return isSame(task, base) ? base : task
}

/** Begins a turn: what was on screen stays in the turns before. */
export function openTurn(draft: Draft, key: SubmitKey, input: Turn['input']): void {
  const { task, memory } = draft
  writeBack(draft)
  memory.floorAt = Math.max(memory.floorAt, memory.lastEventAt, memory.snapshotAt)
  Object.assign(memory, {
    isRefused: false, firstEventAt: null, lastExecutedNodeId: null, endStatus: null, settledText: '', tailText: '', revision: 0,
  })
  draft.index = { seen: new Set(), open: new Map() }
  Object.assign(task, {
    ...EMPTY_TURN, rawStatus: null, isStopping: false, nodes: {}, nodeOrder: [], plan: null, auth: null, waiting: null,
    progress: null, eventCount: 0, malformedCount: 0, hasGap: false,
  })
  task.turns = [...task.turns, { ...EMPTY_TURN, key, input, status: task.status }]
}

export function nodeOf(draft: Draft, id: NodeId): TimelineNode | undefined {
  return draft.nodes.get(id) ?? own(draft.task.nodes, id)
}

/** The node, ready to be written; one not seen before takes its place at the end of the order. */
export function editNode(draft: Draft, id: NodeId): NodeDraft {
  const edited = draft.nodes.get(id)
  if (edited) return edited
  const known = own(draft.task.nodes, id)
  const node: NodeDraft = known
    ? { ...known, attempts: [...known.attempts], steps: [...known.steps], waits: [...known.waits] }
    : {
        ...canvasFields(draft.graph, id), id, status: 'running', startedAt: null, endedAt: null, durationMs: null,
        attempts: [], steps: [], waits: [],
      }
  if (!known) draft.task.nodeOrder = [...draft.task.nodeOrder, id]
  draft.nodes.set(id, node)
  return node
}

/** What the canvas says of a node. */
export function canvasFields(graph: WorkflowGraph | undefined, id: NodeId): Pick<TimelineNode, 'name' | 'type' | 'parentId'> {
  const node = graphNode(graph, id)
  return { name: node?.name || id, type: node?.type ?? null, parentId: node?.parentId ?? null }
}

/** The steps of a node, or the unassigned ones, ready to be written. */
export function editSteps(draft: Draft, nodeId: NodeId | null): Step[] {
  return nodeId === null ? (draft.unassigned ??= [...draft.task.unassigned]) : editNode(draft, nodeId).steps
}

export function stepsOf(draft: Draft, nodeId: NodeId | null): readonly Step[] {
  return (nodeId === null ? (draft.unassigned ?? draft.task.unassigned) : nodeOf(draft, nodeId)?.steps) ?? []
}

export function stepIndex(draft: Draft): StepIndex {
  if (draft.index) return draft.index
  const known = indexes.get(draft.base.memory)
  indexes.delete(draft.base.memory)
  const index = known ?? { seen: new Set<string>(), open: new Map() }
  draft.index = index
  if (known === undefined) {
    for (const nodeId of [null, ...draft.task.nodeOrder]) {
      stepsOf(draft, nodeId).forEach((step, position) => { noteStep(index, step, { nodeId, position }) })
    }
  }
  return index
}

/** Shallow equality of two records with the same fields. */
export function isSame<Shape extends object>(one: Shape | null, other: Shape | null): boolean {
  if (one === null || other === null) return one === other
  for (const key in one) if (!Object.is(one[key], other[key])) return false
  return true
}

/** Puts what was written in branches into the task. */
export function writeBack(draft: Draft): void {
  const { base, task, memory, nodes } = draft
  if (nodes.size > 0) {
    for (const node of nodes.values()) summarize(node)
    task.nodes = { ...task.nodes, ...Object.fromEntries(nodes) }
    task.timeline = task.nodeOrder.map((id) => own(task.nodes, id)).filter((node) => node !== undefined)
  }
  if (draft.unassigned) task.unassigned = draft.unassigned
  if (memory.settledText.length + memory.tailText.length !== task.text.length) {
    task.text = memory.settledText + memory.tailText
  }
  if (draft.isRegraphed || nodes.size > 0 || task.status !== base.status || task.plan !== base.plan || task.progress === null) {
    const progress = progressOf(draft)
    if (!isSame(progress, task.progress)) task.progress = progress
  }
  nodes.clear()
  draft.unassigned = undefined
  if (!memory.isRefused) mirrorTurn(task)
}

/** Draws a node's own status and times from its attempts. */
function summarize(node: NodeDraft): void {
  const last = node.attempts.at(-1)
  let durationMs: number | null = null
  for (const { startedAt, endedAt } of node.attempts) {
    if (startedAt !== null && endedAt !== null) durationMs = (durationMs ?? 0) + endedAt - startedAt
  }
  if (durationMs !== null) {
    for (const { startedAt, endedAt } of node.waits) durationMs -= (endedAt ?? startedAt) - startedAt
    durationMs = Math.max(0, durationMs)
  }
  node.status = last?.status ?? 'running'
  node.startedAt = node.attempts[0]?.startedAt ?? null
  node.endedAt = last?.endedAt ?? null
  node.durationMs = durationMs
}

function progressOf({ task, graph }: Draft): TaskState['progress'] {
  // A child run is no run of this canvas.
  if (graph && task.parentTaskId === null) {
    const nodes = graph.nodes.filter((node) => node.sourceNodeId === undefined)
    const done = nodes.filter(({ id }) => {
      const node = own(task.nodes, id)
      return node ? node.endedAt !== null : isSettled(task.status)
    })
    return nodes.length > 0 ? { done: done.length, total: nodes.length } : null
  }
  const steps = task.plan?.tasks ?? []
  return steps.length > 0 ? { done: steps.filter((step) => step.isCompleted).length, total: steps.length } : null
}

/** The last turn shows what the task's flat fields show. */
function mirrorTurn(task: Mutable<TaskState>): void {
  const turn = task.turns.at(-1)
  if (turn === undefined) return
  const { status, text, result, output, outputIssues, error, timeline, unassigned, usage, startedAt, finishedAt } = task
  const mirrored: Turn = {
    ...turn, status, text, result, output, outputIssues, error, timeline, unassigned, usage, startedAt, finishedAt,
  }
  if (!isSame(mirrored, turn)) task.turns = [...task.turns.slice(0, -1), mirrored]
}
