import { editNode, editSteps, nodeOf, stepIndex, stepsOf } from './draft.ts'
import type { Draft, NodeDraft } from './draft.ts'
import { noteStep } from './stepIndex.ts'
import type { StepPlace } from './stepIndex.ts'
import type { Attempt, NodeId, RunStatus, Step } from './taskState.ts'

type Outcome = Exclude<Attempt['status'], 'running' | 'paused'>

const OUTCOMES: Readonly<Record<string, Outcome>> = { completed: 'completed', stopped: 'stopped' }

/** How what was still under way ends when its run ends like that. */
export const outcomeOf = (status: RunStatus): Outcome => OUTCOMES[status] ?? 'failed'

/** Puts a step where it belongs: into the attempt of its node that it falls in, or a new one. */
export function placeStep(draft: Draft, nodeId: NodeId | undefined, step: Step): StepPlace {
  const steps = editSteps(draft, nodeId ?? null)
  const place: StepPlace = { nodeId: nodeId ?? null, position: steps.length }
  draft.memory.revision += 1
  if (nodeId === undefined) {
    steps.push(step)
  } else {
    const node = editNode(draft, nodeId)
    const attempt = attemptFor(draft, node, step)
    steps.push({ ...step, attempt })
    if (step.status === 'running') change(node, attempt, { openSteps: openSteps(node, attempt) + 1 })
    else if (step.kind === 'toolCall' || step.kind === 'subAgent') settleAttempt(draft, node, attempt, step)
  }
  noteStep(stepIndex(draft), step, place)
  return place
}

/** Replaces a step that is known already; one that ends may end its attempt. */
export function changeStep(draft: Draft, place: StepPlace, step: Step): void {
  const before = stepsOf(draft, place.nodeId)[place.position]
  editSteps(draft, place.nodeId)[place.position] = step
  draft.memory.revision += 1
  noteStep(stepIndex(draft), step, place)
  if (place.nodeId === null || step.attempt === null) return
  const node = editNode(draft, place.nodeId)
  if (step.startedAt !== null) startAttempt(node, step.attempt, step.startedAt)
  if (before?.status !== 'running' || step.status === 'running') return
  change(node, step.attempt, { openSteps: openSteps(node, step.attempt) - 1 })
  settleAttempt(draft, node, step.attempt, step)
}

/** The service says that this node has run (`last_executed_node_id`): that ends an attempt and never begins a second. */
export function nodeExecuted(draft: Draft, nodeId: NodeId, at: number): void {
  const last = nodeOf(draft, nodeId)?.attempts.at(-1)
  if (last !== undefined && last.endedAt !== null) return
  const node = editNode(draft, nodeId)
  if (last === undefined) openAttempt(draft, node, null, at)
  endAttempt(draft, node, node.attempts.length - 1, 'completed', at)
}

/** The run is paused until a person decides at this node. */
export function nodeWaits(draft: Draft, nodeId: NodeId, at: number): void {
  const last = nodeOf(draft, nodeId)?.attempts.at(-1)
  if (last?.status === 'paused') return
  const node = editNode(draft, nodeId)
  if (last === undefined || last.endedAt !== null) openAttempt(draft, node, at, at)
  change(node, node.attempts.length - 1, { status: 'paused' })
  node.waits.push({ reason: 'approval', startedAt: at, endedAt: null })
}

/** The wait at this node is over. */
export function nodeWaited(draft: Draft, nodeId: NodeId, at: number): void {
  const known = nodeOf(draft, nodeId)
  if (known?.attempts.at(-1)?.status !== 'paused') return
  const node = editNode(draft, nodeId)
  endWaits(node, at)
  endAttempt(draft, node, node.attempts.length - 1, 'completed', at)
}

/** The run is over: what is still under way takes its outcome. */
export function endTimeline(draft: Draft, outcome: Outcome, at: number): void {
  for (const nodeId of [null, ...draft.task.nodeOrder]) {
    stepsOf(draft, nodeId).forEach((step, position) => {
      if (step.status === 'running') editSteps(draft, nodeId)[position] = { ...step, status: 'unanswered', endedAt: at }
    })
    const known = nodeId === null ? undefined : nodeOf(draft, nodeId)
    known?.attempts.forEach(({ endedAt }, position) => {
      if (endedAt !== null) return
      const node = editNode(draft, known.id)
      endWaits(node, at)
      change(node, position, { status: outcome, endedAt: at, openSteps: 0 })
    })
  }
}

/** An attempt of an agent or of a sub-workflow holds many calls, so their ends do not end it. */
export const holdsManyCalls = (type: string | null): boolean => type === 'agent' || type === 'orchestration'

export function endAttempt(draft: Draft, node: NodeDraft, position: number, status: Outcome, at: number): void {
  change(node, position, { status, endedAt: at })
  const parent = node.parentId === null ? undefined : nodeOf(draft, node.parentId)
  const last = parent?.attempts.at(-1)
  if (parent === undefined || last === undefined || last.endedAt !== null) return
  const edited = editNode(draft, parent.id)
  const attempt = edited.attempts.length - 1
  change(edited, attempt, { openSteps: last.openSteps - 1, hasError: last.hasError || status === 'failed' })
  closeQuietAttempt(draft, edited, attempt, at)
}

function attemptFor(draft: Draft, node: NodeDraft, step: Step): number {
  const at = step.startedAt ?? step.endedAt ?? 0
  const { attempts } = node
  for (let position = attempts.length - 1; position >= 0; position -= 1) {
    const { startedAt, endedAt } = attempts[position] as Attempt
    if (endedAt !== null && at >= endedAt) break
    if (startedAt !== null && at < startedAt && position > 0) continue
    if (step.startedAt !== null) startAttempt(node, position, step.startedAt)
    return position
  }
  if (continues(draft, node, step)) change(node, attempts.length - 1, { status: 'running', endedAt: null })
  else openAttempt(draft, node, step.startedAt, at)
  return attempts.length - 1
}

/**
 * While the node's type is not known, a call of another operation right after a good one is the next call of the
 * same attempt (an agent's tools); the same operation again is the node run again (a loop), and so is one after a failure.
 */
function continues(draft: Draft, node: NodeDraft, step: Step): boolean {
  const before = node.steps.at(-1)
  return (
    node.type === null && node.attempts.at(-1)?.status === 'completed' && draft.memory.lastExecutedNodeId !== node.id &&
    before?.kind === 'toolCall' && step.kind === 'toolCall' && before.operationId !== step.operationId
  )
}

function openAttempt(draft: Draft, node: NodeDraft, startedAt: number | null, at: number): void {
  node.attempts.push({ status: 'running', startedAt, endedAt: null, openSteps: 0, hasError: false })
  if (node.parentId === null || node.parentId === node.id) return
  // A node inside `parallel` keeps its holder open for as long as it runs itself.
  const parent = editNode(draft, node.parentId)
  const last = parent.attempts.at(-1)
  if (last === undefined || (last.endedAt !== null && draft.memory.lastExecutedNodeId === parent.id)) {
    openAttempt(draft, parent, startedAt ?? at, at)
  }
  const attempt = parent.attempts.length - 1
  change(parent, attempt, { status: 'running', endedAt: null, openSteps: openSteps(parent, attempt) + 1 })
}

function startAttempt(node: NodeDraft, position: number, at: number): void {
  const startedAt = node.attempts[position]?.startedAt
  if (startedAt === null || (startedAt !== undefined && at < startedAt)) change(node, position, { startedAt: at })
}

function settleAttempt(draft: Draft, node: NodeDraft, position: number, step: Step): void {
  if (step.kind === 'toolCall' && step.isError) change(node, position, { hasError: true })
  if (!holdsManyCalls(node.type)) closeQuietAttempt(draft, node, position, step.endedAt ?? 0)
}

function closeQuietAttempt(draft: Draft, node: NodeDraft, position: number, at: number): void {
  const attempt = node.attempts[position]
  if (attempt === undefined || attempt.endedAt !== null || attempt.openSteps > 0) return
  endAttempt(draft, node, position, attempt.hasError ? 'failed' : 'completed', at)
}

function endWaits(node: NodeDraft, at: number): void {
  node.waits.forEach((wait, position) => {
    if (wait.endedAt === null) node.waits[position] = { ...wait, endedAt: at }
  })
}

const openSteps = (node: NodeDraft, position: number): number => node.attempts[position]?.openSteps ?? 0

function change(node: NodeDraft, position: number, fields: Partial<Attempt>): void {
  const attempt = node.attempts[position]
  if (attempt) node.attempts[position] = { ...attempt, ...fields }
}
