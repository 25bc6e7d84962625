import type { WorkflowGraph } from '../protocol/graph.ts'
import { describeHolder, describeNode, reuse } from './describeNode.ts'
import type { SightDraft } from './describeNode.ts'
import { isSame } from './isSame.ts'
import { graphIndex, graphNode } from './resolveNode.ts'
import { noteStep, wordsOf } from './stepIndex.ts'
import type { Place, StepIndex } from './stepIndex.ts'
import { EMPTY_TURN } from './emptyState.ts'
import { own } from './own.ts'
import type { Mutable, NodeId, Notes, Step, SubmitKey, TaskState, TimelineNode, Turn } from './taskState.ts'

/** One task while a batch of facts is applied: a branch is copied when it is first written, once a batch. */
export interface Draft {
  readonly base: TaskState
  readonly task: Mutable<TaskState>
  turn: Mutable<Turn>
  notes: Mutable<Notes>
  graph: WorkflowGraph | undefined
  /** Something new was told, so that nobody has to look for what changed. */
  isNews: boolean
  /** Nodes written in this batch. */
  readonly sights: Map<NodeId, SightDraft>
  index: StepIndex | undefined
}

/** The name under which the unassigned steps are kept while they are written. */
export const UNASSIGNED = ''

// An index moves along with the newest state; an older one looks through its steps again.
const indexes = new WeakMap<Notes, StepIndex>()

export function openDraft(base: TaskState, graph: WorkflowGraph | undefined): Draft {
  const turn = { ...(base.turns.find(({ key }) => key === base.key) ?? EMPTY_TURN) }
  return { base, task: { ...base }, turn, notes: { ...turn.notes }, graph, isNews: false, sights: new Map(), index: undefined }
}

/** The state that the draft came to; the very same object when nothing changed. */
export function closeDraft(draft: Draft): TaskState {
  const { base, task } = draft
  writeBack(draft, true)
  if (task.connection !== 'recovering') Object.assign(task, { attempt: 0, retryAt: null })
  task.childTaskIds = reuse(base.childTaskIds, task.childTaskIds)
  if (draft.index) indexes.set(task.notes, draft.index)
  return !draft.isNews && isSame(task, base) ? base : task
}

/** Begins a turn; what was on screen stays in the turns before. */
export function openTurn(draft: Draft, key: SubmitKey, input: Turn['input']): void {
  writeBack(draft)
  const { isNamed, lastEventId, floorAt, lastEventAt, askedAt } = draft.notes
  const before = draft.turn.key
  draft.turn = { ...EMPTY_TURN, key, input, status: 'pending' }
  draft.notes = { ...EMPTY_TURN.notes, before, isNamed, lastEventId, askedAt, floorAt: Math.max(floorAt, lastEventAt) }
  draft.index = { open: new Map(), words: undefined }
  draft.task.turns = [...draft.task.turns, { ...draft.turn }]
}

/** Puts what was written into the task, whose flat fields are those of the turn that is shown. */
export function writeBack(draft: Draft, isLast = false): void {
  const { task, turn, notes, sights, graph } = draft
  const before = task.turns.find(({ key }) => key === turn.key)
  if (before === undefined) return
  const unassigned = sights.get(UNASSIGNED)
  if (unassigned) turn.unassigned = reuse(turn.unassigned, unassigned.steps)
  sights.delete(UNASSIGNED)
  if (sights.size > 0) drawNodes(draft, before)
  if (notes.settledText.length + notes.tailText.length !== turn.text.length) turn.text = notes.settledText + notes.tailText
  if (sights.size > 0 || turn.progress === null || turn.status !== before.status || turn.plan !== before.plan) {
    const progress = progressOf(turn, task.parentTaskId === null ? graph : undefined)
    turn.progress = isSame(progress, before.progress) ? before.progress : progress
  }
  sights.clear()
  // What is not written any more need not be copied.
  if (draft.isNews || !isSame(notes, turn.notes)) turn.notes = isLast ? notes : { ...notes }
  if (draft.isNews || !isSame(turn, before)) {
    const written = isLast ? turn : { ...turn }
    task.turns = task.turns.map((other) => (other === before ? written : other))
  }
  // A refused turn leaves the one before it on screen, but its error is told.
  Object.assign(task, turn, { error: task.turns.at(-1)?.error })
}

/** Draws the nodes that were written, and those that hold them. */
function drawNodes({ turn, sights, graph }: Draft, before: Turn): void {
  const drawn = new Map<NodeId, TimelineNode>()
  const nodeOf = (id: NodeId): TimelineNode | undefined => drawn.get(id) ?? own(turn.nodes, id)
  for (const [id, sight] of sights) drawn.set(id, describeNode(sight, own(turn.nodes, id), graph, turn))
  const ids = new Set(sights.keys())
  // A set also visits what is added meanwhile: a holder comes after all that it holds, and may be held itself.
  for (const id of graph ? ids : []) {
    const node = nodeOf(id)
    if (node && graph && graphIndex(graph).holders.has(id)) {
      const inner = turn.nodeOrder.map(nodeOf).filter((other) => other?.parentId === id) as TimelineNode[]
      if (inner.length > 0) drawn.set(id, describeHolder(node, inner, own(turn.nodes, id)))
    }
    if (!node?.parentId) continue
    ids.delete(node.parentId)
    ids.add(node.parentId)
  }
  const changed = [...drawn].filter(([id, node]) => node !== own(turn.nodes, id))
  if (changed.length > 0) turn.nodes = { ...turn.nodes, ...Object.fromEntries(changed) }
  if (turn.nodeOrder !== before.nodeOrder) turn.timeline = turn.nodeOrder.map(nodeOf) as TimelineNode[]
  else if (changed.length > 0) turn.timeline = turn.timeline.map((node) => drawn.get(node.id) ?? node)
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
    if (parentId !== undefined) editSight(draft, parentId)
    turn.nodeOrder = [...turn.nodeOrder, id]
  }
  const { waits = [], executions = [] } = known ?? {}
  const steps = [...stepsOf(draft, id)]
  const sight = { id, steps, waits: [...waits], executions: [...executions], from: steps.length }
  sights.set(id, sight)
  return sight
}

/** Writes a step, as a new one or in the place of what it was. */
export function put(draft: Draft, id: NodeId, step: Step, place?: Place): void {
  const index = indexOf(draft)
  const sight = editSight(draft, id)
  const { position } = (place ??= { id, position: sight.steps.length })
  noteStep(index, place, step, sight.steps[position])
  sight.steps[position] = step
  sight.from = Math.min(sight.from, position)
  draft.notes.revision += 1
}

/** Writes a step of one node as one of another. */
export function move(draft: Draft, { id, position }: Place, to: NodeId, step: Step): void {
  editSight(draft, id).steps.splice(position, 1)
  editSight(draft, to).steps.push(step)
  draft.notes.revision += 1
  forgetIndex(draft)
}

/** Where the steps stand that have this name, oldest first. */
export const placesOf = (draft: Draft, name: string): readonly Place[] => indexOf(draft).open.get(name) ?? []

export const stepAt = (draft: Draft, { id, position }: Place): Step | undefined => stepsOf(draft, id)[position]

/** Whether this step, as one frame tells it, was told before. */
export function isCopy(draft: Draft, step: Step): boolean {
  const index = indexOf(draft)
  index.words ??= new Set(allSteps(draft).flatMap(({ step }) => wordsOf(step)))
  return index.words.has(wordsOf(step)[0] ?? '')
}

/** Lets the steps be looked for again. */
export function forgetIndex(draft: Draft): void {
  indexes.delete(draft.base.notes)
  draft.index = undefined
}

function indexOf(draft: Draft): StepIndex {
  if (draft.index) return draft.index
  const { notes } = draft.base
  draft.index = indexes.get(notes) ?? { open: new Map(), words: undefined }
  if (!indexes.delete(notes)) for (const { place, step } of allSteps(draft)) noteStep(draft.index, place, step)
  return draft.index
}

/** Every step of the turn in the order in which they were seen. */
function allSteps(draft: Draft): { readonly place: Place; readonly step: Step }[] {
  return [UNASSIGNED, ...draft.turn.nodeOrder]
    .flatMap((id) => stepsOf(draft, id).map((step, position) => ({ place: { id, position }, step })))
    .sort((one, other) => Number(one.step.id) - Number(other.step.id))
}

function progressOf({ status, timeline, plan }: Turn, graph: WorkflowGraph | undefined): Turn['progress'] {
  const total = graph ? graphIndex(graph).total : 0
  const parts = plan?.tasks ?? []
  if (total === 0) return parts.length > 0 ? { done: parts.filter((part) => part.isCompleted).length, total: parts.length } : null
  const seen = timeline.filter(({ id }) => graphNode(graph, id)?.id === id)
  const done = seen.filter((node) => node.endedAt !== null).length
  // What a run that went well never came to is done with it.
  return { done: done + (status === 'completed' ? total - seen.length : 0), total }
}
