import type { WorkflowGraph } from '../protocol/graph.ts'
import { isSame } from './isSame.ts'
import { keepItems } from './keep.ts'
import { graphNode } from './resolveNode.ts'
import { isSettled } from './runStatus.ts'
import { isStep } from './sights.ts'
import type { Home } from './sights.ts'
import type { Attempt, Mutable, RunStatus, Step, TimelineNode, Turn, Wait } from './taskState.ts'

/** How what was still under way ends when its run ends like that. */
export const outcomeOf = (status: RunStatus): 'completed' | 'failed' | 'stopped' =>
  status === 'completed' || status === 'stopped' ? status : 'failed'

/**
 * Draws a node's attempts, status and times from what was seen of it. What it comes to does not depend on when it
 * is drawn, so the canvas may arrive late and a result before its request. What is as it was keeps its reference.
 */
export function describeNode(
  { id, seen, node: known }: Home,
  inner: readonly TimelineNode[] | undefined,
  graph: WorkflowGraph | undefined,
  turn: Pick<Turn, 'status' | 'finishedAt'>,
): TimelineNode {
  const canvas = graphNode(graph, id)
  const type = canvas?.type ?? null
  // An attempt of an agent or of a sub-workflow holds many calls, so their ends do not end it.
  const holdsMany = type === 'agent' || type === 'orchestration'
  /** When the run ended, and with it all that was under way. */
  const cutAt = isSettled(turn.status) ? turn.finishedAt : null
  const steps: Step[] = []
  const waits: Wait[] = []
  const executions: number[] = []
  let attempts: Attempt[] = []
  let attempt: Mutable<Attempt> | undefined
  let paused: Attempt | undefined
  // Of the last attempt: its latest step, its calls under way, and whether the service said that it is over.
  let before: Step | undefined
  let [running, isFailed, isExecuted] = [0, false, false]

  /** The last attempt; a new one when there is none, or when that one is over and this is the next. */
  const attemptAt = (at: number, startedAt: number | null, isNext: boolean): Mutable<Attempt> => {
    if (attempt && !(isNext && attempt.endedAt !== null && at >= attempt.endedAt)) return attempt
    before = undefined
    running = 0
    isFailed = isExecuted = false
    attempts.push((attempt = { status: 'running', startedAt, endedAt: null }))
    return attempt
  }
  const close = (over: Mutable<Attempt>, status: Attempt['status'], at: number): void => {
    over.status = status
    over.endedAt = Math.max(at, over.endedAt ?? at)
  }
  const addStep = (step: Step, at: number): void => {
    const { kind, status, startedAt, endedAt } = step
    // While the type is not known, what follows a good call is of the same attempt (an agent's tools); the same
    // operation again is the node run again (a loop), and so is anything after a failure.
    const isLoop = before?.kind === 'toolCall' && kind === 'toolCall' && before.operationId === step.operationId
    const last = attemptAt(at, startedAt, isExecuted || (before !== undefined && (type !== null || isFailed || isLoop)))
    before = step
    if (startedAt !== null) last.startedAt = Math.min(last.startedAt ?? startedAt, startedAt)
    const isOwnRun = kind === 'subAgent' && (canvas?.targetAgentId === step.agentId || canvas?.assetId === step.agentId)
    if (status === 'running' || status === 'unanswered') {
      running += 1
      if (!isExecuted) Object.assign(last, { status: 'running', endedAt: null })
    } else if (isOwnRun || (!holdsMany && (kind === 'toolCall' || kind === 'subAgent'))) {
      isFailed ||= status === 'failed'
      if (running === 0) close(last, isFailed ? 'failed' : 'completed', endedAt ?? at)
    } else if (last.endedAt !== null) close(last, last.status, endedAt ?? at)
  }

  for (const sight of seen) {
    const { what } = sight
    if (typeof what === 'number') {
      // The service's word ends an attempt, or tells of one of which nothing else was seen; it never begins a second.
      const last = attemptAt(what, null, false)
      if (last.endedAt === null) close(last, 'completed', what)
      isExecuted = true
      executions.push(what)
    } else if (isStep(what)) {
      addStep(what, sight.at)
      const number = attempts.length - 1
      const step = what.attempt === number ? what : { ...what, attempt: number }
      steps.push((sight.what = step))
    } else {
      // A wait is a part of the attempt that it falls in; its end only ends one that there was nothing else in.
      const last = attemptAt(what.startedAt, what.startedAt, true)
      if (what.endedAt === null || what.endedAt === cutAt) paused = last
      else if (!before && !isExecuted) close(last, 'completed', what.endedAt)
      waits.push(what)
    }
  }
  // Only the last attempt can be under way: what comes while one is belongs to it.
  if (attempt?.endedAt === null) {
    if (cutAt !== null) close(attempt, outcomeOf(turn.status), cutAt)
    else if (attempt === paused) attempt.status = 'paused'
  }
  if (inner) attempts = [attemptOver(inner)]

  const node: TimelineNode = {
    id,
    name: canvas?.name || id,
    type,
    parentId: canvas?.parentId ?? null,
    status: attempts.at(-1)?.status ?? 'running',
    startedAt: attempts[0]?.startedAt ?? null,
    endedAt: attempts.at(-1)?.endedAt ?? null,
    durationMs: durationOf(attempts, waits),
    attempts: keepItems(known?.attempts, attempts.map((next, at) => keepAttempt(known?.attempts[at], next))),
    steps: keepItems(known?.steps, steps),
    waits: keepItems(known?.waits, waits),
    executions: keepItems(known?.executions, executions),
  }
  return isSame(known, node) && known ? known : node
}

const keepAttempt = (known: Attempt | undefined, next: Attempt): Attempt =>
  known && known.status === next.status && known.startedAt === next.startedAt && known.endedAt === next.endedAt ? known : next

/** A `parallel` node runs from the first start to the last end of the nodes in it. */
function attemptOver(inner: readonly TimelineNode[]): Attempt {
  const ends = inner.map((node) => node.endedAt ?? Infinity)
  const endedAt = Math.max(...ends)
  return {
    status: (['running', 'paused', 'failed', 'stopped'] as const).find((status) => inner.some((node) => node.status === status)) ?? 'completed',
    startedAt: Math.min(...inner.map((node, at) => node.startedAt ?? ends[at] ?? Infinity)),
    endedAt: endedAt === Infinity ? null : endedAt,
  }
}

/** The time of the attempts that have both ends, without the waits in them. */
function durationOf(attempts: readonly Attempt[], waits: readonly Wait[]): number | null {
  let durationMs: number | null = null
  for (const { startedAt, endedAt } of attempts) {
    if (startedAt === null || endedAt === null) continue
    durationMs = (durationMs ?? 0) + endedAt - startedAt
    for (const wait of waits) {
      if (wait.startedAt >= startedAt && wait.startedAt < endedAt) durationMs -= Math.min(wait.endedAt ?? endedAt, endedAt) - wait.startedAt
    }
  }
  return durationMs
}
