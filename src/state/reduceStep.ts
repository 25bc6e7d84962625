import type { AnalyzeEvent, SubAgentTriggerEvent, ThinkEvent, ToolCallRequestEvent, ToolCallResultEvent } from '../protocol/events.ts'
import type { Draft } from './taskDraft.ts'
import { isAlike } from './keep.ts'
import { addChildren } from './reduceSnapshot.ts'
import { UNASSIGNED, add, found, move, nodeFor, rewrite, sightsOf, stepsAt } from './sights.ts'
import type { Seen } from './sights.ts'
import { CALL_NAMES, callKeys } from './stepKeys.ts'
import type { Mutable, NodeId, ReasoningStep, Step, SubAgentStep, TaskId, ToolCallStep } from './taskState.ts'

/** A request and its result make one step, whichever comes first. False for a copy. */
export function reduceCall(draft: Draft, event: ToolCallRequestEvent | ToolCallResultEvent, time: number): boolean {
  const { toolCallId = null, requestId = null, operationId = null, toolName = null, payload: input } = event
  const title = event.reasoning?.title ?? null
  const isResult = event.kind === 'toolCallResult'
  const isError = isResult && event.isError
  const output = isResult ? event.result : null
  const status = isError ? 'failed' : isResult ? 'completed' : 'running'
  const [startedAt, endedAt] = isResult ? [null, time] : [time, null]
  // Written out, because spreading into a longer object is many times slower.
  const half: ToolCallStep = {
    kind: 'toolCall', id: nextId(draft), attempt: null, status, startedAt, endedAt, title, toolName, operationId, toolCallId, requestId, input, output, isError,
  }
  if (isCopy(draft, half, time)) return false
  const home = nodeFor(draft, event)
  for (const key of callKeys(half, !isResult)) {
    const seen = calls(draft, key).findLast((other) => isOtherHalf(half, home, other.what, other.home.id))
    if (!seen) continue
    const [request, result] = isResult ? [seen.what, half] : [half, seen.what]
    const whole: Mutable<ToolCallStep> = {
      ...request, id: seen.what.id, status: result.status, endedAt: result.endedAt, output: result.output, isError: result.isError,
    }
    for (const name of CALL_NAMES) whole[name] ??= result[name]
    rewrite(draft, seen, whole)
    return true
  }
  // Without a time, a call that is still open tells its copy.
  if (!isResult && event.time === undefined && toolCallId !== null && calls(draft, callKeys(half, false)[0] ?? '').length > 0) return false
  add(draft, home, half)
  return true
}

/** A sub-agent was asked something; its run may have shown up before. False for a copy. */
export function reduceTrigger(draft: Draft, event: SubAgentTriggerEvent, time: number): boolean {
  const { agentId = null, childTaskId: taskId = null, triggerId = null, query = '' } = event
  const asked = { startedAt: time, title: event.reasoning?.title ?? null, triggerId, query }
  const step: SubAgentStep = { ...subAgentStep(draft, time, agentId, taskId), ...asked }
  if (isCopy(draft, step, time)) return false
  if (taskId !== null) addChildren(draft, [taskId])
  const home = nodeFor(draft, event)
  const seen = subAgents(draft, taskId === null ? `unasked ${agentId}` : `task ${taskId}`).find(({ what }) => what.query === null)
  if (seen) {
    rewrite(draft, seen, { ...seen.what, ...asked, agentId: agentId ?? seen.what.agentId })
    if (seen.home.id === UNASSIGNED && home !== UNASSIGNED) move(draft, seen, home)
  } else add(draft, home, step)
  return true
}

/** A thought is a step of its own. False for a copy. */
export function reduceReasoning(draft: Draft, event: ThinkEvent | AnalyzeEvent, time: number): boolean {
  const { kind, title = null, text = null, action = null, result = null, confidence = null } = event
  const step: ReasoningStep = {
    kind, id: nextId(draft), attempt: null, status: 'completed', startedAt: time, endedAt: time, title, text, action, result, confidence,
  }
  if (isCopy(draft, step, time)) return false
  add(draft, nodeFor(draft, event), step)
  return true
}

/** A sub-agent at work of which only its run is known. */
export const subAgentStep = (draft: Draft, startedAt: number | null, agentId: string | null, taskId: TaskId | null): SubAgentStep =>
  ({ kind: 'subAgent', id: nextId(draft), attempt: null, status: 'running', startedAt, endedAt: null, title: null, agentId, taskId, triggerId: null, query: null })

/** The sub-agents that have this key. */
export const subAgents = (draft: Draft, key: string): readonly Seen<SubAgentStep>[] => found(draft, key) as readonly Seen<SubAgentStep>[]

const calls = (draft: Draft, key: string): readonly Seen<ToolCallStep>[] => found(draft, key) as readonly Seen<ToolCallStep>[]

/** A name for the next step. */
const nextId = (draft: Draft): string => String(sightsOf(draft).stepCount)

/** Whether two halves make one call: their id says so, or nothing speaks against it. */
function isOtherHalf(half: ToolCallStep, home: NodeId, other: ToolCallStep, otherHome: NodeId): boolean {
  const agree = (one: string | null, another: string | null): boolean => !one || !another || one === another
  // Of each only one half is known.
  const startedAt = half.startedAt ?? other.startedAt ?? 0
  const endedAt = half.endedAt ?? other.endedAt ?? 0
  return startedAt <= endedAt && (isSameId(half.toolCallId, other.toolCallId) || (
    agree(home, otherHome) && CALL_NAMES.every((name) => name === 'toolName' || agree(half[name], other[name]))
  ))
}

/** Whether this step, as one frame tells it, was told before: its time and its id say so, or its content. */
const isCopy = (draft: Draft, step: Step, time: number): boolean =>
  time <= draft.notes.lastEventAt && stepsAt(draft, time).some(({ what }) => isToldBy(step, what))

function isToldBy(step: Step, other: Step): boolean {
  if (step.kind !== 'toolCall') {
    // Of a sub-agent more may be known by now.
    const { id, status, endedAt } = step
    const run = step.kind === 'subAgent' && other.kind === 'subAgent' ? { taskId: step.taskId, agentId: step.agentId && other.agentId } : {}
    return isAlike({ ...other, id, attempt: null, status, endedAt, ...run }, step)
  }
  if (other.kind !== 'toolCall') return false
  const [time, content] = step.startedAt === null ? (['endedAt', 'output'] as const) : (['startedAt', 'input'] as const)
  const name = step.toolCallId === null ? 'requestId' : 'toolCallId'
  return step[time] === other[time] && (step[name] !== null
    ? step[name] === other[name]
    : (step.operationId ?? step.toolName) === (other.operationId ?? other.toolName) && isAlike(step[content], other[content]))
}

const isSameId = (one: string | null, other: string | null): boolean => one !== null && one === other
