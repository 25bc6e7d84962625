import type { WorkflowGraph } from '../protocol/graph.ts'
import { isSame } from './isSame.ts'
import { keepItems } from './keep.ts'
import { graphNode } from './resolveNode.ts'
import { isSettled } from './runStatus.ts'
import { inOrder, isStep, startOf } from './sights.ts'
import type { Home } from './sights.ts'
import type { Attempt, Mutable, RunStatus, Step, TimelineNode, Turn, Wait } from './taskState.ts'

/** What has to be known of an attempt to tell what comes after it. */
interface Run {
  readonly attempt: Mutable<Attempt>
  /** Its latest step. */
  before: Step | undefined
  /** How many of its calls are under way. */
  running: number
  isFailed: boolean
  /** The service said that it is over. */
  isExecuted: boolean
}

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
  let last: Run | undefined
  let paused: Run | undefined

  /** The last attempt; a new one when there is none, or when that one is over and this is the next. */
  const runAt = (at: number, startedAt: number | null, isNext: boolean): Run => {
    if (last && !(isNext && last.attempt.endedAt !== null && at >= last.attempt.endedAt)) return last
    const attempt: Mutable<Attempt> = { status: 'running', startedAt, endedAt: null }
    attempts.push(attempt)
    last = { attempt, before: undefined, running: 0, isFailed: false, isExecuted: false }
    return last
  }

  for (const sight of seen.sort(inOrder)) {
    const { what } = sight
    const at = startOf(what)
    if (typeof what === 'number') {
      // The service's word ends an attempt, or tells of one of which nothing else was seen; it never begins a second.
      const run = runAt(at, null, false)
      if (run.attempt.endedAt === null) close(run, 'completed', at)
      run.isExecuted = true
      executions.push(what)
    } else if (isStep(what)) {
      const run = runAt(at, what.startedAt, isNextAttempt(last, what, type))
      addStep(run, what, at, !holdsMany || (what.kind === 'subAgent' && (canvas?.targetAgentId === what.agentId || canvas?.assetId === what.agentId)))
      const attempt = attempts.length - 1
      if (what.attempt !== attempt) sight.what = { ...what, attempt }
      steps.push(sight.what as Step)
    } else {
      // A wait is a part of the attempt that it falls in; its end only ends one that there was nothing else in.
      const run = runAt(at, at, true)
      if (what.endedAt === null || what.endedAt === cutAt) paused = run
      else if (!run.before && !run.isExecuted) close(run, 'completed', what.endedAt)
      waits.push(what)
    }
  }
  // Only the last attempt can be under way: what comes while one is belongs to it.
  if (last?.attempt.endedAt === null) {
    if (cutAt !== null) close(last, outcomeOf(turn.status), cutAt)
    else if (last === paused) last.attempt.status = 'paused'
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
    attempts: keepItems(known?.attempts ?? [], attempts),
    steps: keepItems(known?.steps ?? [], steps),
    waits: keepItems(known?.waits ?? [], waits),
    executions: keepItems(known?.executions ?? [], executions),
  }
  return known && isSame(known, node) ? known : node
}

/**
 * Whether a step begins another attempt if the last one is over. While the type is not known, what follows a good call
 * is of the same attempt (an agent's tools); the same operation again is the node run again (a loop), and so is
 * anything after a failure.
 */
function isNextAttempt(last: Run | undefined, step: Step, type: string | null): boolean {
  if (!last?.before) return last?.isExecuted === true
  const { before, isExecuted, isFailed } = last
  const isLoop = before.kind === 'toolCall' && step.kind === 'toolCall' && before.operationId === step.operationId
  return isExecuted || type !== null || isFailed || isLoop
}

function addStep(run: Run, step: Step, at: number, mayEnd: boolean): void {
  const { kind, status, startedAt, endedAt } = step
  const { attempt } = run
  run.before = step
  if (startedAt !== null) attempt.startedAt = Math.min(attempt.startedAt ?? startedAt, startedAt)
  if (status === 'running' || status === 'unanswered') {
    run.running += 1
    if (!run.isExecuted) Object.assign(attempt, { status: 'running', endedAt: null })
  } else if ((kind === 'toolCall' || kind === 'subAgent') && mayEnd) {
    run.isFailed ||= status === 'failed'
    if (run.running === 0) close(run, run.isFailed ? 'failed' : 'completed', endedAt ?? at)
  } else if (attempt.endedAt !== null) close(run, attempt.status, endedAt ?? at)
}

function close({ attempt }: Run, status: Attempt['status'], at: number): void {
  attempt.status = status
  attempt.endedAt = Math.max(at, attempt.endedAt ?? at)
}

/** A `parallel` node runs from the first start to the last end of the nodes in it. */
function attemptOver(inner: readonly TimelineNode[]): Attempt {
  return {
    status: (['running', 'paused', 'failed', 'stopped'] as const).find((status) => inner.some((node) => node.status === status)) ?? 'completed',
    startedAt: Math.min(...inner.map((node) => node.startedAt ?? node.endedAt ?? Infinity)),
    endedAt: inner.some((node) => node.endedAt === null) ? null : Math.max(...inner.map((node) => node.endedAt ?? 0)),
  }
}

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
