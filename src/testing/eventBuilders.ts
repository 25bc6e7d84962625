import type { ReasoningOptions } from './steps.ts'
import { createTaskRecord } from './taskRecord.ts'
import type { WireFrame, WirePlan, WireTask } from './wire.ts'
import { toMicrosecondIso } from './world.ts'

/** What stands around the data of a frame; all of it has defaults. */
export type Envelope = Partial<Omit<WireFrame, 'data' | 'type'>>

/** The data of `tool_call_request`. */
export interface ToolCallData {
  readonly request_id?: string | null
  readonly operation_id?: string | null
  readonly tool_call_id?: string | null
  readonly graph_node_id?: string | null
  readonly tool_name?: string | null
  readonly payload?: unknown
  readonly reasoning?: { readonly title: string; readonly description: string | null } | null
}

/** The data of `sub_agent_trigger`. */
export interface SubAgentData {
  readonly id?: string
  readonly agent_id?: string
  readonly query?: string
  readonly files?: readonly string[]
  readonly reasoning?: { readonly title: string; readonly description: string | null } | null
  readonly [name: string]: unknown
}

const taskId = '6f1c0a52-2f5e-4f7e-9a53-0b8f5d7c1a11'
const agentId = 'b2a7f3d0-1111-4c2e-8f00-5a5a5a5a5a5a'
const organizationId = '0d7b6c1e-55aa-4f0a-8a1b-3d8f2a7e9c00'
const time = '2026-05-13T10:12:04.123456Z'

/** Any frame: what the builders below are made of. */
export function frame(type: string, data: unknown, envelope: Envelope = {}): WireFrame {
  return { type, task_id: taskId, organization_id: organizationId, time, data, ...envelope }
}

/** A task record in its full shape; name only the fields that matter to you. */
export function taskSnapshot(fields: Partial<WireTask> = {}): WireTask {
  const world = { organizationId, timestamp: () => time }
  return { ...createTaskRecord(world, taskId, agentId, { input: { text: 'Hi' } }, {}, '1'), ...fields }
}

/** `task_created`: a turn begins. */
export const taskCreated = (fields?: Partial<WireTask>, envelope?: Envelope): WireFrame => taskFrame('task_created', { status: 'pending', ...fields }, envelope)

/** `task_updated`: the record as it is now. */
export const taskUpdated = (fields?: Partial<WireTask>, envelope?: Envelope): WireFrame => taskFrame('task_updated', { status: 'executing', started_at: time, ...fields }, envelope)

/** `task_finished`: the record as it ended; completed, unless you say otherwise. */
export const taskFinished = (fields?: Partial<WireTask>, envelope?: Envelope): WireFrame =>
  taskFrame('task_finished', { status: 'completed', started_at: time, finished_at: time, ...fields }, envelope)

/** `tool_call_request`: a tool or node begins. */
export const toolCallRequest = (fields?: ToolCallData, envelope?: Envelope): WireFrame => frame('tool_call_request', { ...toolCallDefaults, ...fields }, envelope)

/** `tool_call_result`: the call is over; `is_error` says how. */
export const toolCallResult = (fields?: ToolCallData & { readonly result?: unknown; readonly is_error?: boolean }, envelope?: Envelope): WireFrame =>
  frame('tool_call_result', { ...toolCallDefaults, result: null, is_error: false, ...fields }, envelope)

/** `sub_agent_trigger`: an agent gets a task of its own. */
export const subAgentTrigger = (fields?: SubAgentData, envelope?: Envelope): WireFrame =>
  frame('sub_agent_trigger', { id: 'evt-1', agent_id: 'c0ffee00-2222-4b2b-9d9d-123412341234', query: 'Hi', files: [], reasoning: null, ...fields }, envelope)

/** `chunk`: a piece of the answer's text. */
export const chunk = (text: string, envelope?: Envelope): WireFrame => frame('chunk', text, envelope)

/** `think`: a reasoning step, as an object or as plain text. */
export const thinkEvent = (content: string | ReasoningOptions = { title: 'Think', thought: 'Let me see.', confidence: 0.8 }, envelope?: Envelope): WireFrame => frame('think', content, envelope)

/** `analyze`: a reasoning step about something that came back. */
export const analyzeEvent = (content: string | ReasoningOptions = { title: 'Analyze', result: 'fine', analysis: 'It fits.', confidence: 0.9 }, envelope?: Envelope): WireFrame =>
  frame('analyze', content, envelope)

/** `plan_updated`: the whole plan. */
export const planUpdated = (tasks: WirePlan['tasks'], fields: Partial<WirePlan> = {}, envelope?: Envelope): WireFrame =>
  frame('plan_updated', { enabled: true, enforce: false, started: true, question_raised: false, tasks, ...fields }, envelope)

/** `auth_event`: a sign-in; asks for one, unless you say otherwise. */
export const authEvent = (type = 'login_required', data: object = loginRequired, envelope?: Envelope): WireFrame => frame('auth_event', { type, data }, envelope)

/** `task_compactization`: the context was compacted. */
export const taskCompactization = (data: object = { type: 'retry', data: { is_retry: true } }, envelope?: Envelope): WireFrame => frame('task_compactization', data, envelope)

/** `connected`: first frame of a conversation stream. */
export const connected = (envelope?: Envelope): WireFrame => frame('connected', {}, envelope)

/** `turn_started` of a conversation stream. */
export const turnStarted = (turn = 1, envelope?: Envelope): WireFrame => frame('turn_started', { turn }, envelope)

/** `turn_finished` of a conversation stream. */
export const turnFinished = (turn = 1, result = '', envelope?: Envelope): WireFrame => frame('turn_finished', { turn, result }, envelope)

/** The legacy protocol of November 2025, fields at top level: its `task_created`. */
export const taskStarted = (fields: object = {}): object => ({ type: 'task_started', task_id: taskId, timestamp: time, ...fields })

/** The legacy protocol's `chunk`. */
export const contentChunk = (content: string, fields: object = {}): object => ({ type: 'content_chunk', content, is_final: false, ...fields })

/** The legacy protocol's `task_finished`. */
export const taskCompleted = (result: string, fields: object = {}): object => ({ type: 'task_completed', task_id: taskId, result, ...fields })

/** The legacy protocol's `error`. */
export const errorEvent = (message: string, fields: object = {}): object => ({ type: 'error', error: message, ...fields })

/** Gives each frame a time of its own, for events that one has to tell apart or put in order. */
export function timed<T extends object>(frames: readonly T[], options: { readonly startMs?: number; readonly stepMs?: number } = {}): readonly T[] {
  const { startMs = Date.parse(time), stepMs = 10 } = options
  return frames.map((given, index) => ({ ...given, ['timestamp' in given ? 'timestamp' : 'time']: toMicrosecondIso(Math.round((startMs + index * stepMs) * 1000)) }))
}

const toolCallDefaults = { request_id: 'req-1', operation_id: 'op-1', tool_call_id: 'call-1', graph_node_id: 'node-1', tool_name: 'Tool', payload: {}, reasoning: null }

const loginRequired = { url: 'https://auth.example.com/authorize?state=abc', server_url: 'https://mcp.example.com', server_name: 'Example docs' }

/** A frame about a task: its `task_id` and the record's id are the same, whichever of them was given. */
function taskFrame(type: string, fields: Partial<WireTask>, envelope: Envelope = {}): WireFrame {
  const id = fields.id ?? envelope.task_id ?? taskId
  return frame(type, taskSnapshot({ ...fields, id }), { task_id: id, ...envelope })
}
