import type { Reasoning, ReasoningFields, ToolCallFields, WorkflowEvent } from './events.ts'
import { withoutSecrets } from './secrets.ts'
import { isTerminal, readPlan, readTask } from './task.ts'
import { isFields, readFields, readHttpsUrl, readNumber, readResult, readText, readTexts, readTime, type Fields } from './wire.ts'

/** Longer frames of a kind that we cannot read are not kept. */
const maxUnknownLength = 64 * 1024

/** One message of the stream as an event. A text that is no JSON is counted, never thrown or kept. */
export function decodeMessage(data: string, id?: string): WorkflowEvent {
  let value: unknown
  try {
    value = JSON.parse(data)
  } catch {
    return { kind: 'malformed', taskId: undefined, time: undefined, id, raw: undefined, length: data.length }
  }
  const event = decodeEvent(value, id)
  if (event.kind !== 'unknown' || data.length <= maxUnknownLength) return event
  return { ...event, type: event.type?.slice(0, 100), raw: undefined }
}

/** Any JSON value as an event, by the tolerant rules of xpander-api.md 7.2. Never throws, never changes the value. */
export function decodeEvent(value: unknown, id?: string): WorkflowEvent {
  // Everything below reads the value without secrets, so that none can get into any event.
  const raw = withoutSecrets(value)
  const frame = readFields(raw)
  const type = readText(frame.type) ?? readText(frame.event)
  const fields = {
    taskId: readText(frame.task_id),
    time: readTime(frame.time ?? frame.timestamp),
    id: id || undefined,
    raw,
  }
  if (type === undefined) return decodeBareTask(frame, fields)
  return decodeKind(type, frame, fields) ?? { kind: 'unknown', ...fields, type, reason: 'wrongShape' }
}

/** Did this event end its task? The only place that knows. */
export const isTaskEnd = (event: WorkflowEvent): boolean => event.kind === 'taskFinished' && isTerminal(event.task.status)

type EventFields = Pick<WorkflowEvent, 'taskId' | 'time' | 'id' | 'raw'>

/** The event, or `undefined` when its data is not what its kind has. */
function decodeKind(type: string, frame: Fields, fields: EventFields): WorkflowEvent | undefined {
  // Frames of the 2025 protocol have no envelope: their fields stand at the top.
  const value = frame.data ?? frame
  const data = isFields(value) ? value : undefined
  const kind = toKind(type)
  switch (kind) {
    case 'chunk':
    case 'contentChunk': {
      const text = data ? data.content : value
      return typeof text === 'string' ? { kind: 'chunk', ...fields, text } : undefined
    }
    case 'taskCreated':
    case 'taskStarted':
      return data && withTask('taskCreated', data, fields)
    case 'taskUpdated':
    case 'taskFinished':
      return data && withTask(kind, data, fields)
    case 'taskCompleted':
      // The name of the 2025 protocol says the status, unless the frame says another.
      return data && withTask('taskFinished', { ...data, status: data.status ?? 'completed' }, fields)
    case 'toolCallRequest':
    case 'toolCallResult': {
      if (!data) return undefined
      const call = readToolCall(data)
      if (!(call.toolCallId ?? call.requestId ?? call.operationId ?? call.nodeId ?? call.toolName)) return undefined
      if (kind === 'toolCallRequest') return { kind, ...fields, ...call }
      return { kind, ...fields, ...call, result: data.result, isError: data.is_error === true }
    }
    case 'subAgentTrigger':
      return data && {
        kind,
        ...fields,
        triggerId: readText(data.id),
        agentId: readText(data.agent_id),
        childTaskId: readChildTaskId(data, fields.taskId),
        nodeId: readNodeId(data),
        query: readText(data.query),
        files: readTexts(data.files),
        reasoning: readReasoning(data.reasoning),
      }
    case 'think':
    case 'analyze': {
      const step = readReasoningStep(kind, value)
      return (step.title ?? step.text ?? step.action ?? step.result) === undefined ? undefined : { kind, ...fields, ...step }
    }
    case 'planUpdated': {
      const plan = readPlan(value)
      return plan && { kind, ...fields, plan }
    }
    case 'authEvent': {
      // Not `value`: without an envelope `type` would be the event's own name.
      const { type: authType, data: detail } = readFields(frame.data)
      const { url, server_url, server_name, message = detail } = readFields(detail)
      return typeof authType !== 'string' ? undefined : {
        kind,
        ...fields,
        authType,
        url: readHttpsUrl(url),
        serverUrl: readText(server_url),
        serverName: readText(server_name),
        message: readText(message),
      }
    }
    case 'taskCompactization':
      return isFields(frame.data) ? { kind, ...fields, compactizationType: readText(frame.data.type) } : undefined
    case 'connected':
      return { kind, ...fields }
    case 'turnStarted':
      return data && { kind, ...fields, turn: readNumber(data.turn) }
    case 'turnFinished':
      return data && { kind, ...fields, turn: readNumber(data.turn), result: readResult(data.result) ?? undefined }
    case 'error': {
      const message = data ? (data.error ?? data.message) : value
      const text = readText(message) ?? readText(readFields(message).message)
      return text === undefined ? undefined : { kind, ...fields, message: text }
    }
    default:
      return { kind: 'unknown', ...fields, type, reason: 'unknownType' }
  }
}

/** `task_finished` and `TaskFinished` as `taskFinished`. */
const toKind = (type: string): string =>
  type.replace(/^[A-Z]|_+[a-z]/g, (part) => (part[0] === '_' ? part.slice(-1).toUpperCase() : part.toLowerCase()))

/** Rule for a 200 that holds JSON in place of a stream: a bare task record is one snapshot. */
function decodeBareTask(frame: Fields, fields: EventFields): WorkflowEvent {
  if (readText(frame.id) === undefined || readText(frame.status) === undefined) {
    return { kind: 'unknown', ...fields, type: undefined, reason: 'unknownType' }
  }
  const event = withTask('taskFinished', frame, fields)
  return isTaskEnd(event) ? event : { ...event, kind: 'taskUpdated' }
}

function withTask<Kind extends 'taskCreated' | 'taskUpdated' | 'taskFinished'>(kind: Kind, data: Fields, fields: EventFields) {
  const task = readTask(data)
  return { kind, ...fields, taskId: fields.taskId ?? task.id, task }
}

function readToolCall(data: Fields): ToolCallFields {
  return {
    toolCallId: readText(data.tool_call_id),
    requestId: readText(data.request_id),
    operationId: readText(data.operation_id),
    nodeId: readNodeId(data),
    toolName: readText(data.tool_name),
    payload: data.payload,
    reasoning: readReasoning(data.reasoning),
  }
}

const readNodeId = (data: Fields): string | undefined => readText(data.graph_node_id) ?? readText(data.node_id)

function readReasoning(value: unknown): Reasoning | undefined {
  if (typeof value === 'string') return { title: readText(value), description: undefined }
  return isFields(value) ? { title: readText(value.title), description: readText(value.description) } : undefined
}

/** Plain text, an object, or a call of the reasoning tool whose `payload` is that object (xpander-api.md 7.3). */
function readReasoningStep(kind: 'think' | 'analyze', value: unknown): ReasoningFields {
  const data = readFields(value)
  const step = isFields(data.payload) ? data.payload : data
  const text = kind === 'think' ? (step.thought ?? step.analysis) : (step.analysis ?? step.thought)
  return {
    nodeId: readNodeId(data),
    title: readText(step.title),
    text: readText(value) ?? readText(text),
    action: readText(step.action) ?? readText(step.next_action),
    result: readResult(step.result) ?? undefined,
    confidence: readNumber(step.confidence),
  }
}

/** The child's id has no documented name; the run's own id under one of them is no child. */
function readChildTaskId(data: Fields, taskId: string | undefined): string | undefined {
  const { child_task_id, sub_task_id, sub_execution_id, execution_id, task_id } = data
  // Where the envelope names no task, `task_id` may as well be the run itself.
  const candidates = [child_task_id, sub_task_id, sub_execution_id, execution_id, taskId && task_id]
  return candidates.map(readText).find((candidate) => candidate !== undefined && candidate !== taskId)
}
