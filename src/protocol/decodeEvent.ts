import type { Reasoning, ToolCallRequestEvent, WorkflowEvent } from './events.ts'
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
    return { kind: 'malformed', taskId: undefined, time: undefined, id: id || undefined, raw: undefined, length: data.length }
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
  const body = type ? (readBody(type, frame) ?? { kind: 'unknown', type, reason: 'wrongShape' }) : readBareTask(frame)
  const taskId = readText(frame.task_id) ?? ('task' in body ? body.task.id : undefined)
  // Every chunk passes here, and spreading into a longer object is several times slower than this.
  return Object.assign(body, { taskId, time: readTime(frame.time ?? frame.timestamp), id: id || undefined, raw })
}

/** Did this event end its task? The only place that knows. */
export const isTaskEnd = (event: WorkflowEvent): boolean => event.kind === 'taskFinished' && isTerminal(event.task.status)

/** What an event has beside the fields of every event. */
type Body<Event = WorkflowEvent> = Event extends WorkflowEvent ? Omit<Event, 'taskId' | 'time' | 'id' | 'raw'> : never

/** `undefined` when the data is not what its kind has. */
function readBody(type: string, frame: Fields): Body | undefined {
  // Frames of the 2025 protocol have no envelope: their fields stand at the top.
  const value = frame.data ?? frame
  const data = isFields(value) ? value : undefined
  // snake_case and PascalCase alike.
  switch (/[A-Z_]/.test(type) ? type.toLowerCase().replace(/_/g, '') : type) {
    case 'chunk':
    case 'contentchunk': {
      const text = data ? data.content : value
      return typeof text === 'string' ? { kind: 'chunk', text } : undefined
    }
    case 'taskcreated':
    case 'taskstarted':
      return data && { kind: 'taskCreated', task: readTask(data) }
    case 'taskupdated':
      return data && { kind: 'taskUpdated', task: readTask(data) }
    case 'taskfinished':
      return data && { kind: 'taskFinished', task: readTask(data) }
    case 'taskcompleted':
      // The name of the 2025 protocol says the status, unless the frame says another.
      return data && { kind: 'taskFinished', task: readTask({ status: 'completed', ...data }) }
    case 'toolcallrequest':
      return data && readToolCall(data)
    case 'toolcallresult': {
      const call = data && readToolCall(data)
      return call && Object.assign(call, { kind: 'toolCallResult' as const, result: data.result, isError: data.is_error === true })
    }
    case 'subagenttrigger':
      return data && {
        kind: 'subAgentTrigger',
        triggerId: readText(data.id),
        agentId: readText(data.agent_id),
        childTaskId: readChildTaskId(data, readText(frame.task_id)),
        nodeId: readNodeId(data),
        query: readText(data.query),
        files: readTexts(data.files),
        reasoning: readReasoning(data.reasoning),
      }
    case 'think':
      return readReasoningStep('think', value)
    case 'analyze':
      return readReasoningStep('analyze', value)
    case 'planupdated': {
      const plan = readPlan(value)
      return plan && { kind: 'planUpdated', plan }
    }
    case 'authevent':
      return readAuth(frame.data)
    case 'taskcompactization':
      return isFields(frame.data) ? { kind: 'taskCompactization', compactizationType: readText(frame.data.type) } : undefined
    case 'connected':
      return { kind: 'connected' }
    case 'turnstarted':
      return data && { kind: 'turnStarted', turn: readNumber(data.turn) }
    case 'turnfinished':
      return data && { kind: 'turnFinished', turn: readNumber(data.turn), result: readResult(data.result) ?? undefined }
    case 'error': {
      const error = data ? (data.error ?? data.message) : value
      const message = readText(error) ?? readText(readFields(error).message)
      return message === undefined ? undefined : { kind: 'error', message }
    }
    default:
      return { kind: 'unknown', type, reason: 'unknownType' }
  }
}

/** Rule for a 200 that holds JSON in place of a stream: a bare task record is one snapshot. */
function readBareTask(frame: Fields): Body {
  if (!readText(frame.id) || !readText(frame.status)) return { kind: 'unknown', type: undefined, reason: 'unknownType' }
  const task = readTask(frame)
  return { kind: isTerminal(task.status) ? 'taskFinished' : 'taskUpdated', task }
}

/** A call that nothing names could never be matched with its result or a node: it is kept as a wrong shape. */
function readToolCall(data: Fields): Body<ToolCallRequestEvent> | undefined {
  const call = {
    kind: 'toolCallRequest' as const,
    toolCallId: readText(data.tool_call_id),
    requestId: readText(data.request_id),
    operationId: readText(data.operation_id),
    nodeId: readNodeId(data),
    toolName: readText(data.tool_name),
    payload: data.payload,
    reasoning: readReasoning(data.reasoning),
  }
  return (call.toolCallId ?? call.requestId ?? call.operationId ?? call.nodeId ?? call.toolName) ? call : undefined
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
  return (body.title ?? body.text ?? body.action ?? body.result) === undefined ? undefined : body
}

/** Read from the envelope's data alone: without one, `type` would be the event's own name. */
function readAuth(value: unknown): Body | undefined {
  const { type, data } = readFields(value)
  const authType = readText(type)
  const detail = readFields(data)
  return authType === undefined ? undefined : {
    kind: 'authEvent',
    authType,
    url: readHttpsUrl(detail.url),
    serverUrl: readText(detail.server_url),
    serverName: readText(detail.server_name),
    message: readText(detail.message) ?? readText(data),
  }
}

/** The child's id has no documented name; the run's own id under one of these is no child. */
function readChildTaskId(data: Fields, taskId: string | undefined): string | undefined {
  const { child_task_id, sub_task_id, sub_execution_id, execution_id, task_id } = data
  // Where the envelope names no task, `task_id` may as well be the run itself.
  const candidates = [child_task_id, sub_task_id, sub_execution_id, execution_id, taskId && task_id]
  return candidates.map(readText).find((candidate) => candidate !== undefined && candidate !== taskId)
}
