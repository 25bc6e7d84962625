import type { Reasoning, WorkflowEvent } from './events.ts'
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
    return { kind: 'malformed', length: data.length, taskId: undefined, time: undefined, id: id || undefined, raw: undefined }
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
  const body = type ? (readBody(type, frame) ?? unknown(type, 'wrongShape')) : readBareTask(frame)
  const taskId = readText(frame.task_id) ?? ('task' in body ? body.task.id : undefined)
  const time = readTime(frame.time ?? frame.timestamp)
  id = id || undefined
  // Written out for most of all events: spreading into a longer object takes several times as long.
  return body.kind === 'chunk' ? { kind: body.kind, text: body.text, taskId, time, id, raw } : { ...body, taskId, time, id, raw }
}

/** Did this event end its task? The only place that knows. */
export const isTaskEnd = (event: WorkflowEvent): boolean => event.kind === 'taskFinished' && isTerminal(event.task.status)

/** What an event has beside the fields of every event. */
type Body<Event = WorkflowEvent> = Event extends WorkflowEvent ? Omit<Event, 'taskId' | 'time' | 'id' | 'raw'> : never

const unknown = (type: string | undefined, reason: 'unknownType' | 'wrongShape'): Body => ({ kind: 'unknown', type, reason })

/** Rule for a 200 that holds JSON in place of a stream: a bare task record is one snapshot. */
function readBareTask(frame: Fields): Body {
  const task = readTask(frame)
  if (!readText(frame.id) || !task.status) return unknown(undefined, 'unknownType')
  return { kind: isTerminal(task.status) ? 'taskFinished' : 'taskUpdated', task }
}

/** `undefined` when the data is not what its kind has. */
function readBody(type: string, frame: Fields): Body | undefined {
  // Frames of the 2025 protocol have no envelope: their fields stand at the top.
  const value = frame.data ?? frame
  const data = isFields(value) ? value : undefined
  const kind = toKind(type)
  switch (kind) {
    case 'chunk':
    case 'contentChunk': {
      const text = data ? data.content : value
      return typeof text === 'string' ? { kind: 'chunk', text } : undefined
    }
    case 'taskCreated':
    case 'taskUpdated':
    case 'taskFinished':
      return data && { kind, task: readTask(data) }
    case 'taskStarted':
      return data && { kind: 'taskCreated', task: readTask(data) }
    case 'taskCompleted':
      // The name of the 2025 protocol says the status, unless the frame says another.
      return data && { kind: 'taskFinished', task: readTask({ status: 'completed', ...data }) }
    case 'toolCallRequest':
    case 'toolCallResult':
      return data && readToolCall(kind, data)
    case 'subAgentTrigger':
      return data && {
        kind,
        triggerId: readText(data.id),
        agentId: readText(data.agent_id),
        childTaskId: readChildTaskId(data, frame.task_id),
        nodeId: readNodeId(data),
        query: readText(data.query),
        files: readTexts(data.files),
        reasoning: readReasoning(data.reasoning),
      }
    case 'think':
    case 'analyze':
      return readReasoningStep(kind, value)
    case 'planUpdated': {
      const plan = readPlan(value)
      return plan && { kind, plan }
    }
    case 'authEvent':
      return readAuth(frame.data)
    case 'taskCompactization':
      return isFields(frame.data) ? { kind, compactizationType: readText(frame.data.type) } : undefined
    case 'connected':
      return { kind }
    case 'turnStarted':
      return data && { kind, turn: readNumber(data.turn) }
    case 'turnFinished':
      return data && { kind, turn: readNumber(data.turn), result: readResult(data.result) ?? undefined }
    case 'error': {
      const error = data ? (data.error ?? data.message) : value
      const message = readText(isFields(error) ? error.message : error)
      return message ? { kind, message } : undefined
    }
    default:
      return unknown(type, 'unknownType')
  }
}

/** `task_finished` and `TaskFinished` as `taskFinished`; most types are `chunk`, and its search takes longer than the comparison. */
const toKind = (type: string): string =>
  type === 'chunk' ? type : type.replace(/^[A-Z]|_[a-z]/g, (part) => part[1]?.toUpperCase() ?? part.toLowerCase())

/** A call that nothing names could never be matched with its result or a node: it is kept as a wrong shape. */
function readToolCall(kind: 'toolCallRequest' | 'toolCallResult', data: Fields): Body | undefined {
  const call = {
    toolCallId: readText(data.tool_call_id),
    requestId: readText(data.request_id),
    operationId: readText(data.operation_id),
    nodeId: readNodeId(data),
    toolName: readText(data.tool_name),
    payload: data.payload,
    reasoning: readReasoning(data.reasoning),
  }
  if (!(call.toolCallId ?? call.requestId ?? call.operationId ?? call.nodeId ?? call.toolName)) return undefined
  return kind === 'toolCallRequest' ? { kind, ...call } : { kind, ...call, result: data.result, isError: data.is_error === true }
}

const readNodeId = (data: Fields): string | undefined => readText(data.graph_node_id) ?? readText(data.node_id)

const readReasoning = (value: unknown): Reasoning | undefined =>
  isFields(value) ? { title: readText(value.title), description: readText(value.description) } : undefined

/** Plain text, an object, or a call of the reasoning tool whose `payload` is that object (xpander-api.md 7.3). */
function readReasoningStep(kind: 'think' | 'analyze', value: unknown): Body | undefined {
  const data = readFields(value)
  const step = isFields(data.payload) ? data.payload : data
  const body = {
    kind,
    nodeId: readNodeId(data),
    title: readText(step.title),
    text: readText(value) ?? readText(kind === 'think' ? step.thought : step.analysis),
    action: readText(step.action),
    result: readResult(step.result) ?? undefined,
    confidence: readNumber(step.confidence),
  }
  return (body.title ?? body.text ?? body.action ?? body.result) ? body : undefined
}

/** Read from the envelope's data alone: without one, `type` would be the event's own name. */
function readAuth(value: unknown): Body | undefined {
  const { type, data } = readFields(value)
  const authType = readText(type)
  const { url, server_url, server_name, message = data } = readFields(data)
  return authType ? {
    kind: 'authEvent',
    authType,
    url: readHttpsUrl(url),
    serverUrl: readText(server_url),
    serverName: readText(server_name),
    message: readText(message),
  } : undefined
}

/** The child's id has no documented name; the run's own id under one of these is no child. */
const readChildTaskId = (data: Fields, taskId: unknown): string | undefined =>
  // Where the envelope names no task, `task_id` may as well be the run itself.
  readTexts([data.child_task_id, data.sub_task_id, data.sub_execution_id, data.execution_id, taskId && data.task_id])
    .find((id) => id !== taskId)
