import type { WorkflowGraph } from '../protocol/graph.ts'
import { isSame } from './isSame.ts'
import { graphNode } from './resolveNode.ts'
import { isSettled } from './taskState.ts'
import type { Attempt, NodeSight, RunStatus, Step, TimelineNode, Turn } from './taskState.ts'

type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] }

/** How what was still under way ends when its run ends like that. */
export const outcomeOf = (status: RunStatus): 'completed' | 'failed' | 'stopped' =>
  status === 'completed' || status === 'stopped' ? status : 'failed'

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
  const canvas = graphNode(graph, id)
  const type = canvas?.type ?? null
  // An attempt of an agent or of a sub-workflow holds many calls, so their ends do not end it.
  const holdsMany = type === 'agent' || type === 'orchestration'
  const attempts: Mutable<Attempt>[] = []
  let last: Mutable<Attempt> | undefined
  let before: Step | undefined
  let [running, isFailed, isExecuted, executed] = [0, false, false, 0]

  const open = (startedAt: number | null): Mutable<Attempt> => {
    last = { status: 'running', startedAt, endedAt: null }
    attempts.push(last)
    ;[running, isFailed, isExecuted] = [0, false, false]
    return last
  }
  const close = (attempt: Mutable<Attempt>, status: Attempt['status'], at: number): void => {
    attempt.status = status
    attempt.endedAt = at
  }
  // The service's word ends an attempt, or tells of one of which nothing else was seen; it never begins a second.
  const executeUntil = (time: number): void => {
    for (let at = executions[executed]; at !== undefined && at <= time; at = executions[++executed]) {
      const attempt = last ?? open(null)
      if (attempt.endedAt === null) close(attempt, 'completed', at)
      isExecuted = true
    }
  }
  /**
   * While the type is not known, a call of another operation right after a good one is the next call of the same
   * attempt (an agent's tools); the same operation again is the node run again (a loop), and so is one after a failure.
   */
  const isNext = (step: Step, at: number): boolean =>
    last === undefined ||
    (last.endedAt !== null && at >= last.endedAt && (
      isExecuted || type !== null || isFailed || before?.kind !== 'toolCall' || step.kind !== 'toolCall' ||
      before.operationId === step.operationId
    ))

  const steps = sight.steps.map((step): Step => {
    const { startedAt, endedAt } = step
    const at = startedAt ?? endedAt ?? 0
    executeUntil(at)
    const attempt = last === undefined || isNext(step, at) ? open(startedAt) : last
    if (startedAt !== null) attempt.startedAt = Math.min(attempt.startedAt ?? startedAt, startedAt)
    if (step.status === 'running') {
      running += 1
      if (!isExecuted) close(attempt, 'running', 0), (attempt.endedAt = null)
    } else if (endedAt !== null && (step.kind === 'toolCall' || step.kind === 'subAgent')) {
      const isOwnRun = step.kind === 'subAgent' && (canvas?.targetAgentId === step.agentId || canvas?.assetId === step.agentId)
      isFailed ||= step.status === 'failed' && (isOwnRun || !holdsMany)
      if (running === 0 && (isOwnRun || !holdsMany)) {
        close(attempt, isFailed ? 'failed' : 'completed', Math.max(endedAt, attempt.endedAt ?? endedAt))
      }
    }
    before = step
    const number = attempts.length - 1
    const isUnanswered = step.status === 'running' && isSettled(turn.status)
    return isUnanswered
      ? { ...step, attempt: number, status: 'unanswered', endedAt: turn.finishedAt }
      : step.attempt === number ? step : { ...step, attempt: number }
  })

  const waits = sight.waits.map((wait) => {
    const attempt = last === undefined || (last.endedAt !== null && last.endedAt <= wait.startedAt) ? open(wait.startedAt) : last
    const endedAt = wait.endedAt ?? (isSettled(turn.status) ? turn.finishedAt : null)
    if (endedAt === null) attempt.status = 'paused'
    else if (wait.endedAt !== null) close(attempt, 'completed', endedAt)
    return endedAt === wait.endedAt ? wait : { ...wait, endedAt }
  })
  executeUntil(Infinity)
  for (const attempt of attempts) {
    if (attempt.endedAt === null && isSettled(turn.status)) close(attempt, outcomeOf(turn.status), turn.finishedAt ?? 0)
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
export function describeHolder(holder: TimelineNode, nodes: readonly TimelineNode[]): TimelineNode {
  const inner = nodes.filter((node) => node.parentId === holder.id && node.id !== holder.id)
  const is = (status: Attempt['status']): boolean => inner.some((node) => node.status === status)
  const isOpen = inner.some((node) => node.endedAt === null)
  const attempt: Attempt = {
    status: is('running') ? 'running' : is('paused') ? 'paused' : is('failed') ? 'failed' : is('stopped') ? 'stopped' : 'completed',
    startedAt: Math.min(...inner.map((node) => node.startedAt ?? node.endedAt ?? Infinity)),
    endedAt: isOpen ? null : Math.max(...inner.map((node) => node.endedAt ?? 0)),
  }
  return finish(holder, { ...holder, ...timesOf([attempt], holder.waits), attempts: [attempt] })
}

function timesOf(attempts: readonly Attempt[], waits: TimelineNode['waits']): Pick<TimelineNode, 'status' | 'startedAt' | 'endedAt' | 'durationMs'> {
  const last = attempts.at(-1)
  const lengths = attempts.flatMap(({ startedAt, endedAt }) => (startedAt === null || endedAt === null ? [] : [endedAt - startedAt]))
  const waited = waits.reduce((sum, { startedAt, endedAt }) => sum + (endedAt ?? startedAt) - startedAt, 0)
  return {
    status: last?.status ?? 'running',
    startedAt: attempts[0]?.startedAt ?? null,
    endedAt: last?.endedAt ?? null,
    durationMs: lengths.length > 0 ? Math.max(0, lengths.reduce((sum, length) => sum + length) - waited) : null,
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

function reuse<Item>(known: readonly Item[], next: readonly Item[]): readonly Item[] {
  const items = next.map((item, at) => (isSame(item, known[at]) ? (known[at] as Item) : item))
  return items.length === known.length && items.every((item, at) => item === known[at]) ? known : items
}
