import type { WorkflowGraph } from '../protocol/graph.ts'
import { isSame } from './isSame.ts'
import { graphNode } from './resolveNode.ts'
import { isSettled } from './taskState.ts'
import type { Attempt, NodeSight, RunStatus, Step, TimelineNode, Turn, Wait } from './taskState.ts'

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] }

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
  sight: NodeSight,
  known: TimelineNode | undefined,
  graph: WorkflowGraph | undefined,
  turn: Pick<Turn, 'status' | 'finishedAt'>,
): TimelineNode {
  const { id, executions } = sight
  const steps = [...sight.steps]
  const waits = [...sight.waits]
  const canvas = graphNode(graph, id)
  const type = canvas?.type ?? null
  // An attempt of an agent or of a sub-workflow holds many calls, so their ends do not end it.
  const holdsMany = type === 'agent' || type === 'orchestration'
  /** When the run ended, and with it all that was under way. */
  const cutAt = isSettled(turn.status) ? turn.finishedAt : null

  const attempts: Mutable<Attempt>[] = []
  let last: Mutable<Attempt> | undefined
  // Of the last attempt: its latest step, its calls under way, and whether the service said that it is over.
  let before: Step | undefined
  let [running, isFailed, isExecuted] = [0, false, false]
  let paused: Mutable<Attempt> | undefined

  /** The last attempt; a new one when there is none, or when that one is over and this is the next. */
  const attemptAt = (at: number, startedAt: number | null, isNext: boolean): Mutable<Attempt> => {
    if (last && !(isNext && last.endedAt !== null && at >= last.endedAt)) return last
    ;[before, running, isFailed, isExecuted] = [undefined, 0, false, false]
    attempts.push((last = { status: 'running', startedAt, endedAt: null }))
    return last
  }
  const close = (attempt: Mutable<Attempt>, status: Attempt['status'], at: number): void => {
    attempt.status = status
    attempt.endedAt = Math.max(at, attempt.endedAt ?? at)
  }

  const addStep = (at: number, position: number): void => {
    const step = steps[position] as Step
    const { kind, status, startedAt, endedAt } = step
    // While the type is not known, what follows a good call is of the same attempt (an agent's tools); the same
    // operation again is the node run again (a loop), and so is anything after a failure.
    const isLoop = before?.kind === 'toolCall' && kind === 'toolCall' && before.operationId === step.operationId
    const attempt = attemptAt(at, startedAt, isExecuted || (before !== undefined && (type !== null || isFailed || isLoop)))
    if (startedAt !== null) attempt.startedAt = Math.min(attempt.startedAt ?? startedAt, startedAt)
    before = step
    const isOwnRun = kind === 'subAgent' && (canvas?.targetAgentId === step.agentId || canvas?.assetId === step.agentId)
    if (status === 'running' || status === 'unanswered') {
      running += 1
      if (!isExecuted) Object.assign(attempt, { status: 'running', endedAt: null })
    } else if ((kind === 'toolCall' || kind === 'subAgent') && (isOwnRun || !holdsMany)) {
      isFailed ||= status === 'failed'
      if (running === 0) close(attempt, isFailed ? 'failed' : 'completed', endedAt ?? at)
    } else if (attempt.endedAt !== null) close(attempt, attempt.status, endedAt ?? at)

    const told = { ...step, attempt: attempts.length - 1 }
    if (status === 'running' && cutAt !== null) steps[position] = { ...told, status: 'unanswered', endedAt: cutAt }
    else if (step.attempt !== told.attempt) steps[position] = told
  }
  /** A wait is a part of the attempt that it falls in; its end only ends one that there was nothing else in. */
  const addWait = (at: number, position: number): void => {
    const wait = waits[position] as Wait
    const attempt = attemptAt(at, at, true)
    if (wait.endedAt === null || wait.endedAt === cutAt) {
      paused = attempt
      waits[position] = { ...wait, endedAt: cutAt }
    } else if (!before && !isExecuted) close(attempt, 'completed', wait.endedAt)
  }
  // The service's word ends an attempt, or tells of one of which nothing else was seen; it never begins a second.
  const addExecution = (at: number): void => {
    const attempt = attemptAt(at, null, false)
    if (attempt.endedAt === null) close(attempt, 'completed', at)
    isExecuted = true
  }

  const marks = [
    ...executions.map((at) => ({ at, position: 0, add: addExecution })),
    ...waits.map(({ startedAt }, position) => ({ at: startedAt, position, add: addWait })),
    ...steps.map((step, position) => ({ at: startOf(step), position, add: addStep })),
  ]
  for (const { at, position, add } of marks.sort((one, other) => one.at - other.at)) add(at, position)
  for (const attempt of attempts) {
    if (attempt.endedAt !== null) continue
    if (cutAt !== null) close(attempt, outcomeOf(turn.status), cutAt)
    else if (attempt === paused) attempt.status = 'paused'
  }

  return finish(known, {
    id,
    name: canvas?.name || id,
    type,
    parentId: canvas?.parentId ?? null,
    ...timesOf(attempts, waits),
    attempts,
    steps,
    waits,
    executions,
  })
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

/** What is as it was keeps its reference. */
function finish(known: TimelineNode | undefined, node: TimelineNode): TimelineNode {
  if (known === undefined) return node
  const next = {
    ...node,
    attempts: reuse(known.attempts, node.attempts),
    steps: reuse(known.steps, node.steps),
    waits: reuse(known.waits, node.waits),
    executions: reuse(known.executions, node.executions),
  }
  return reuse([known], [next])[0] ?? next
}

/** The list that is known, or at least what of it is as it was. */
export function reuse<Item>(known: readonly Item[], next: readonly Item[]): readonly Item[] {
  const items = next.map((item, at) => (isSame(item, known[at]) ? (known[at] as Item) : item))
  return items.length === known.length && items.every((item, at) => item === known[at]) ? known : items
}
