import type { WorkflowGraph } from '../protocol/graph.ts'
import { isSame } from './isSame.ts'
import { graphNode } from './resolveNode.ts'
import { isSettled } from './runStatus.ts'
import type { Attempt, Mutable, NodeSight, RunStatus, Step, TimelineNode, Turn, Wait } from './taskState.ts'

/** A node while it is written; the one without a name holds the unassigned steps. */
export interface SightDraft extends NodeSight {
  readonly steps: Step[]
  readonly waits: Wait[]
  readonly executions: number[]
  /** The first step that was written. */
  from: number
}

// Steps that are in the order in which they began, which they mostly are.
const ordered = new WeakSet<readonly Step[]>()

/** How what was still under way ends when its run ends like that. */
export const outcomeOf = (status: RunStatus): 'completed' | 'failed' | 'stopped' =>
  status === 'completed' || status === 'stopped' ? status : 'failed'

/** When a step was first heard of. */
export const startOf = ({ startedAt, endedAt }: Step): number => startedAt ?? endedAt ?? 0

/**
 * Draws a node's attempts, status and times from what was seen of it. What it comes to does not depend on when it
 * is drawn, so the canvas may arrive late and a result before its request.
 */
export function describeNode(
  sight: SightDraft,
  known: TimelineNode | undefined,
  graph: WorkflowGraph | undefined,
  turn: Pick<Turn, 'status' | 'finishedAt'>,
): TimelineNode {
  const { id, steps, waits, executions } = sight
  const canvas = graphNode(graph, id)
  const type = canvas?.type ?? null
  // An attempt of an agent or of a sub-workflow holds many calls, so their ends do not end it.
  const holdsMany = type === 'agent' || type === 'orchestration'
  /** When the run ended, and with it all that was under way. */
  const cutAt = isSettled(turn.status) ? turn.finishedAt : null

  // Where the last attempt began that may be told anew; those before are as they were.
  const from = cutAt === null && known?.type === type && waits.length === 0 ? firstUnsealed(sight, known) : 0
  const attempts = from > 0 && known ? known.attempts.slice(0, steps[from]?.attempt ?? 0) : []
  let last: Mutable<Attempt> | undefined
  // Of the last attempt: its latest step, its calls under way, and whether the service said that it is over.
  let before: Step | undefined
  let [running, isFailed, isExecuted] = [0, false, false]
  let paused: Mutable<Attempt> | undefined

  /** The last attempt; a new one when there is none, or when that one is over and this is the next. */
  const attemptAt = (at: number, startedAt: number | null, isNext: boolean): Mutable<Attempt> => {
    if (last && !(isNext && last.endedAt !== null && at >= last.endedAt)) return last
    ;[before, running, isFailed, isExecuted] = [undefined, 0, false, false]
    last = { status: 'running', startedAt, endedAt: null }
    attempts.push(last)
    return last
  }
  const close = (attempt: Mutable<Attempt>, status: Attempt['status'], at: number): void => {
    attempt.status = status
    attempt.endedAt = Math.max(at, attempt.endedAt ?? at)
  }

  const addStep = (step: Step, position: number): void => {
    const { kind, status, startedAt, endedAt } = step
    const at = startOf(step)
    // While the type is not known, what follows a good call is of the same attempt (an agent's tools); the same
    // operation again is the node run again (a loop), and so is anything after a failure.
    const isLoop = before?.kind === 'toolCall' && kind === 'toolCall' && before.operationId === step.operationId
    const attempt = attemptAt(at, startedAt, isExecuted || (before !== undefined && (type !== null || isFailed || isLoop)))
    if (startedAt !== null) attempt.startedAt = Math.min(attempt.startedAt ?? startedAt, startedAt)
    before = step
    const isOwnRun = kind === 'subAgent' && (canvas?.targetAgentId === step.agentId || canvas?.assetId === step.agentId)
    if (status === 'running' || status === 'unanswered') {
      running += 1
      if (!isExecuted) {
        attempt.status = 'running'
        attempt.endedAt = null
      }
    } else if ((kind === 'toolCall' || kind === 'subAgent') && (isOwnRun || !holdsMany)) {
      isFailed ||= status === 'failed'
      if (running === 0) close(attempt, isFailed ? 'failed' : 'completed', endedAt ?? at)
    } else if (attempt.endedAt !== null) close(attempt, attempt.status, endedAt ?? at)

    const number = attempts.length - 1
    if (status === 'running' && cutAt !== null) steps[position] = { ...step, attempt: number, status: 'unanswered', endedAt: cutAt }
    else if (step.attempt !== number) steps[position] = { ...step, attempt: number }
  }
  /** A wait is a part of the attempt that it falls in; its end only ends one that there was nothing else in. */
  const addWait = (wait: Wait, position: number): void => {
    const { startedAt, endedAt } = wait
    const attempt = attemptAt(startedAt, startedAt, true)
    if (endedAt === null || endedAt === cutAt) {
      paused = attempt
      waits[position] = { ...wait, endedAt: cutAt }
    } else if (!before && !isExecuted) close(attempt, 'completed', endedAt)
  }
  // The service's word ends an attempt, or tells of one of which nothing else was seen; it never begins a second.
  const addExecution = (at: number): void => {
    const attempt = attemptAt(at, null, false)
    if (attempt.endedAt === null) close(attempt, 'completed', at)
    isExecuted = true
  }

  let [waited, executed] = [0, 0]
  if (from > 0) while ((executions[executed] ?? Infinity) <= startOf(steps[from] as Step)) executed += 1
  /** Adds what was seen beside the steps until then. */
  const addUntil = (time: number): void => {
    for (;;) {
      const wait = waits[waited]
      const at = executions[executed]
      if (at !== undefined && at <= time && !(wait && wait.startedAt < at)) {
        addExecution(at)
        executed += 1
      } else if (wait && wait.startedAt <= time) addWait(wait, waited++)
      else return
    }
  }
  const order = from > 0 || isInOrder(steps, 1) ? undefined : [...steps.keys()].sort((one, other) => startOf(steps[one] as Step) - startOf(steps[other] as Step))
  for (let at = from; at < steps.length; at += 1) {
    const position = order?.[at] ?? at
    const step = steps[position] as Step
    addUntil(startOf(step))
    addStep(step, position)
  }
  addUntil(Infinity)
  if (order === undefined) ordered.add(steps)
  // Only the last attempt can be under way: what comes while one is belongs to it.
  if (last?.endedAt === null) {
    if (cutAt !== null) close(last, outcomeOf(turn.status), cutAt)
    else if (last === paused) last.status = 'paused'
  }

  const { status, startedAt, endedAt, durationMs } = timesOf(attempts, waits)
  const name = canvas?.name || id
  const parentId = canvas?.parentId ?? null
  return finish(known, { id, name, type, parentId, status, startedAt, endedAt, durationMs, attempts, steps, waits, executions }, from)
}

/**
 * The first step of the last attempt that has a step which is as it was. Everything before is over and was drawn
 * already; nothing that comes in order changes it.
 */
function firstUnsealed({ steps, executions, from }: SightDraft, known: TimelineNode): number {
  let at = from
  const attempt = steps[at - 1]?.attempt
  while (at > 0 && steps[at - 1]?.attempt === attempt) at -= 1
  const first = steps[at]
  const isLater = (time: number): boolean => first !== undefined && time >= startOf(first)
  return ordered.has(known.steps) && isInOrder(steps, from) && executions.slice(known.executions.length).every(isLater) ? at : 0
}

function isInOrder(steps: readonly Step[], from: number): boolean {
  for (let at = Math.max(from, 1); at < steps.length; at += 1) if (startOf(steps[at] as Step) < startOf(steps[at - 1] as Step)) return false
  return true
}

/** A `parallel` node runs from the first start to the last end of the nodes in it. */
export function describeHolder(holder: TimelineNode, inner: readonly TimelineNode[], known: TimelineNode | undefined): TimelineNode {
  const is = (status: Attempt['status']): boolean => inner.some((node) => node.status === status)
  const isOpen = inner.some((node) => node.endedAt === null)
  const attempt: Attempt = {
    status: is('running') ? 'running' : is('paused') ? 'paused' : is('failed') ? 'failed' : is('stopped') ? 'stopped' : 'completed',
    startedAt: inner.reduce((first, node) => Math.min(first, node.startedAt ?? node.endedAt ?? first), Infinity),
    endedAt: isOpen ? null : inner.reduce((latest, node) => Math.max(latest, node.endedAt ?? latest), -Infinity),
  }
  return finish(known, { ...holder, ...timesOf([attempt], holder.waits), attempts: [attempt] })
}

function timesOf(attempts: readonly Attempt[], waits: TimelineNode['waits']): Pick<TimelineNode, 'status' | 'startedAt' | 'endedAt' | 'durationMs'> {
  const last = attempts.at(-1)
  let durationMs: number | null = null
  for (const { startedAt, endedAt } of attempts) {
    if (startedAt === null || endedAt === null) continue
    durationMs = (durationMs ?? 0) + endedAt - startedAt
    for (const wait of waits) {
      if (wait.startedAt >= startedAt && wait.startedAt < endedAt) durationMs -= Math.min(wait.endedAt ?? endedAt, endedAt) - wait.startedAt
    }
  }
  return {
    status: last?.status ?? 'running',
    startedAt: attempts[0]?.startedAt ?? null,
    endedAt: last?.endedAt ?? null,
    durationMs,
  }
}

/** What is as it was keeps its reference; status and times follow from the rest. */
function finish(known: TimelineNode | undefined, node: TimelineNode, from = 0): TimelineNode {
  if (known === undefined) return node
  const attempts = reuse(known.attempts, node.attempts)
  const steps = reuse(known.steps, node.steps, from)
  const waits = reuse(known.waits, node.waits)
  const executions = reuse(known.executions, node.executions)
  const isKnown = known.attempts === attempts && known.steps === steps && known.waits === waits && known.executions === executions
  return isKnown && known.name === node.name && known.type === node.type && known.parentId === node.parentId
    ? known
    : { ...node, attempts, steps, waits, executions }
}

/** The list that is known, or at least what of it is as it was; what stands before `from` is. */
export function reuse<Item>(known: readonly Item[], next: readonly Item[], from = 0): readonly Item[] {
  let items: Item[] | undefined
  let isKnown = known.length === next.length
  for (let at = from; at < next.length; at += 1) {
    if (next[at] === known[at]) continue
    if (isSame(next[at], known[at])) (items ??= [...next])[at] = known[at] as Item
    else isKnown = false
  }
  return isKnown ? known : (items ?? next)
}
