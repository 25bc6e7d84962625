import { WorkflowError } from '../errors.ts'
import type { AuthEvent, SubAgentTriggerEvent, ThinkEvent, AnalyzeEvent, ToolCallRequestEvent, ToolCallResultEvent, WorkflowEvent } from '../protocol/events.ts'
import { nodeOf, openTurn, stepIndex, stepsOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { keep, reduceSnapshot } from './reduceSnapshot.ts'
import { resolveNode } from './resolveNode.ts'
import type { NodeHints } from './resolveNode.ts'
import { agentKey, callKey, closePlace, isTriggered, stepWords } from './stepIndex.ts'
import type { StepPlace } from './stepIndex.ts'
import type { NodeId, ReasoningStep, Step, SubAgentStep, ToolCallStep } from './taskState.ts'
import { isSettled } from './taskState.ts'
import { changeStep, placeStep } from './timeline.ts'

/** Pieces are joined once they make this much; until then they are what they are. */
const FLAT_LENGTH = 4096

/** Applies one decoded frame of this task. A copy of a frame that was seen changes nothing. */
export function reduceEvent(draft: Draft, event: WorkflowEvent, at: number): void {
  const { task, memory } = draft
  if (event.id !== undefined) {
    if (isSeenId(memory.lastEventId, event.id)) return
    memory.lastEventId = event.id
  }
  if (event.time !== undefined && event.time <= memory.floorAt) return
  const time = event.time ?? at
  if (event.kind === 'taskCreated' ? !beginTurn(draft, event, time) : isSettled(task.status)) return
  if (task.turns.length === 0) {
    openTurn(draft, '', null)
    memory.awaitsCreated = true
  }
  const isFirst = memory.firstEventAt === null && event.time !== undefined
  if (isFirst) {
    memory.firstEventAt = time
    task.clockSkewMs = at - time
    task.startedAt ??= time
  }
  if (task.status === 'submitting' || task.status === 'idle') task.status = 'pending'
  const isNew = reduceKind(draft, event, time)
  if (event.kind === 'chunk') {
    task.eventCount += 1
    return
  }
  // Time tells a copy from an event; without one only the content can.
  if (isNew || event.time === undefined || time > memory.lastEventAt) task.eventCount += 1
  if (event.time !== undefined) memory.lastEventAt = Math.max(memory.lastEventAt, time)
}

function reduceKind(draft: Draft, event: WorkflowEvent, time: number): boolean {
  const { task, memory } = draft
  switch (event.kind) {
    case 'chunk':
      memory.tailText += event.text
      if (memory.tailText.length >= FLAT_LENGTH) {
        // Many small pieces weigh several times their text; asking for a character makes engines join them.
        memory.tailText.charCodeAt(0)
        memory.settledText += memory.tailText
        memory.tailText = ''
      }
      return true
    case 'taskCreated':
    case 'taskUpdated':
    case 'taskFinished':
      return reduceSnapshot(draft, event.task, time, event.kind === 'taskFinished')
    case 'toolCallRequest':
      return reduceRequest(draft, event, time)
    case 'toolCallResult':
      return reduceResult(draft, event, time)
    case 'subAgentTrigger':
      return reduceTrigger(draft, event, time)
    case 'think':
    case 'analyze':
      return reduceReasoning(draft, event, time)
    case 'planUpdated':
      if (time < memory.planAt) return false
      memory.planAt = time
      task.plan = keep(task.plan, event.plan)
      return false
    case 'authEvent':
      if (time <= memory.authAt) return false
      memory.authAt = time
      task.auth = authOf(event, time)
      return true
    case 'error':
      if (task.error?.message !== event.message) {
        task.error = new WorkflowError('server_error', 'stream', event.message, { taskId: task.taskId })
      }
      return false
    case 'malformed':
      task.malformedCount += 1
      return false
    case 'taskCompactization':
    case 'connected':
    case 'turnStarted':
    case 'turnFinished':
    case 'unknown':
      return false
    default: {
      const unhandled: never = event
      return unhandled
    }
  }
}

/**
 * `task_created` of a known task is a new turn, not a copy (xpander-api.md 11), unless we opened the turn ourselves
 * or it is no newer than the one that we have. False when it is a copy.
 */
function beginTurn(draft: Draft, event: WorkflowEvent & { kind: 'taskCreated' }, time: number): boolean {
  const { task, memory } = draft
  if (!memory.awaitsCreated) {
    const isCopy = event.time === undefined ? task.turns.length > 0 && !isSettled(task.status) : time <= memory.createdEventAt
    if (isCopy) return false
    task.status = 'pending'
    openTurn(draft, `${task.taskId ?? ''}#${task.turns.length}`, event.task.inputText === undefined ? null : { text: event.task.inputText })
  }
  memory.awaitsCreated = false
  if (event.time !== undefined) memory.createdEventAt = time
  return true
}

function reduceRequest(draft: Draft, event: ToolCallRequestEvent, time: number): boolean {
  const step: ToolCallStep = { ...callFields(event, draft), status: 'running', startedAt: time, endedAt: null, output: null, isError: false }
  if (isCopy(draft, step)) return false
  const { open } = stepIndex(draft)
  const key = callKey(step)
  // A result may have come first: the call is whole now.
  const place = open.get(key)?.find((other) => callAt(draft, other)?.startedAt === null && (callAt(draft, other)?.endedAt ?? 0) >= time)
  const result = place && callAt(draft, place)
  if (place && result) {
    closePlace(stepIndex(draft), key, place)
    changeStep(draft, place, { ...result, startedAt: time, input: step.input, title: step.title })
    return true
  }
  // The same call, still open, sent once more.
  if (event.toolCallId !== undefined && open.get(key)?.some((other) => callAt(draft, other)?.status === 'running')) return false
  placeStep(draft, nodeFor(draft, { ...step, nodeId: event.nodeId }), step)
  return true
}

function reduceResult(draft: Draft, event: ToolCallResultEvent, time: number): boolean {
  const { isError } = event
  const step: ToolCallStep = {
    ...callFields(event, draft), status: isError ? 'failed' : 'completed', startedAt: null, endedAt: time, output: event.result, isError,
  }
  if (isCopy(draft, step)) return false
  const key = callKey(step)
  const place = stepIndex(draft).open.get(key)?.findLast((other) => {
    const call = callAt(draft, other)
    return call?.status === 'running' && (call.startedAt ?? 0) <= time
  })
  const request = place && callAt(draft, place)
  if (place && request) {
    closePlace(stepIndex(draft), key, place)
    changeStep(draft, place, { ...request, status: step.status, endedAt: time, output: event.result, isError })
  } else {
    placeStep(draft, nodeFor(draft, { ...step, nodeId: event.nodeId }), step)
  }
  return true
}

function reduceTrigger(draft: Draft, event: SubAgentTriggerEvent, time: number): boolean {
  const step: SubAgentStep = {
    kind: 'subAgent',
    id: stepId(draft),
    attempt: null,
    status: 'running',
    startedAt: time,
    endedAt: null,
    title: event.reasoning?.title ?? null,
    agentId: event.agentId ?? null,
    taskId: event.childTaskId ?? null,
    triggerId: event.triggerId ?? null,
    query: event.query ?? '',
  }
  if (isCopy(draft, step)) return false
  // A child run may have shown up before its trigger.
  const key = agentKey(step.agentId)
  const early = stepIndex(draft).open.get(key)?.filter((place) => {
    const other = subAgentAt(draft, place)
    return other && !isTriggered(other) && (step.taskId === null || step.taskId === other.taskId)
  })
  const place = early?.length === 1 ? early[0] : undefined
  const child = place && subAgentAt(draft, place)
  if (place && child) {
    closePlace(stepIndex(draft), key, place)
    const { title, triggerId, query } = step
    changeStep(draft, place, { ...child, title, triggerId, query })
    return true
  }
  placeStep(draft, nodeFor(draft, { nodeId: event.nodeId, agentId: event.agentId }), step)
  return true
}

function reduceReasoning(draft: Draft, event: ThinkEvent | AnalyzeEvent, time: number): boolean {
  const step: ReasoningStep = {
    kind: event.kind,
    id: stepId(draft),
    attempt: null,
    status: 'completed',
    startedAt: time,
    endedAt: time,
    title: event.title ?? null,
    text: event.text ?? null,
    action: event.action ?? null,
    result: event.result ?? null,
    confidence: event.confidence ?? null,
  }
  if (isCopy(draft, step)) return false
  placeStep(draft, nodeFor(draft, { nodeId: event.nodeId }), step)
  return true
}

/** The node that these hints lead to, in this task. */
export function nodeFor(draft: Draft, hints: NodeHints): NodeId | undefined {
  return resolveNode(hints, draft.graph, (id) => nodeOf(draft, id) !== undefined, draft.memory.enclosingNodeId)
}

export function subAgentAt(draft: Draft, place: StepPlace): SubAgentStep | undefined {
  const step = stepsOf(draft, place.nodeId)[place.position]
  return step?.kind === 'subAgent' ? step : undefined
}

/** A name for the next step. */
export const stepId = (draft: Draft): string => String(draft.memory.revision)

function callAt(draft: Draft, place: StepPlace): ToolCallStep | undefined {
  const step = stepsOf(draft, place.nodeId)[place.position]
  return step?.kind === 'toolCall' ? step : undefined
}

function callFields(event: ToolCallRequestEvent | ToolCallResultEvent, draft: Draft): Omit<ToolCallStep, 'status' | 'startedAt' | 'endedAt' | 'output' | 'isError'> {
  return {
    kind: 'toolCall',
    id: stepId(draft),
    attempt: null,
    title: event.reasoning?.title ?? null,
    toolName: event.toolName ?? null,
    operationId: event.operationId ?? null,
    toolCallId: event.toolCallId ?? null,
    requestId: event.requestId ?? null,
    input: event.payload,
  }
}

function isCopy(draft: Draft, step: Step): boolean {
  return stepWords(step).some((word) => stepIndex(draft).seen.has(word))
}

/** Ids that end in a number and begin alike are in order; others only tell an immediate copy. */
function isSeenId(last: string | null, id: string): boolean {
  if (last === null || last === id) return last === id
  const [, lastStem, lastNumber] = /^(.*?)(\d+)$/.exec(last) ?? []
  const [, stem, number] = /^(.*?)(\d+)$/.exec(id) ?? []
  return stem !== undefined && stem === lastStem && Number(number) <= Number(lastNumber)
}

function authOf(event: AuthEvent, at: number): Draft['task']['auth'] {
  if (event.authType === 'token_ready') return null
  return { type: event.authType, url: event.url ?? null, serverName: event.serverName ?? null, message: event.message ?? null, at }
}
