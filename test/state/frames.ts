import type { WorkflowErrorCode, WorkflowErrorPhase } from '../../src/errors.ts'
import { WorkflowError } from '../../src/errors.ts'
import { decodeEvent } from '../../src/protocol/decodeEvent.ts'
import { decodeGraph } from '../../src/protocol/graph.ts'
import type { Fact } from '../../src/state/fact.ts'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import { selectTask } from '../../src/state/selectors.ts'
import { EMPTY_STORE } from '../../src/state/emptyState.ts'
import type { TaskState, WorkflowStoreState } from '../../src/state/taskState.ts'

/** A frame as it stands in `data:`, parsed; `sseId` is the `id:` line beside it. */
export interface Frame {
  readonly type: string
  readonly task_id?: string
  readonly time?: string
  readonly data: unknown
  readonly sseId?: string
}

/** What a test tells: frames of the stream, and facts that the client saw. */
export type Item = Frame | Fact

export interface FrameFields {
  /** Seconds since the recording began. @defaultValue one more than the frame before */
  readonly at?: number | undefined
  /** The run that it is about. @defaultValue the root */
  readonly task?: string | undefined
  readonly sseId?: string | undefined
}

export const ROOT = 'task-1'
export const CHILD = 'task-2'
export const KEY = 'submit-1'
export const WORKFLOW = 'workflow-1'
const BEGINNING = Date.UTC(2026, 4, 13, 10, 12)

/** Epoch milliseconds of a second of the recording, on the server's clock. */
export const ms = (second: number): number => BEGINNING + second * 1000

/** Our clock is three seconds ahead of the server's. */
export const CLOCK_SKEW_MS = 3000

let second = 0

/** One frame. What is not given is sensible, and its time is later than that of the frame before. */
export function frame(type: string, data: unknown, { at = second + 1, task = ROOT, sseId }: FrameFields = {}): Frame {
  second = at
  return { type, task_id: task, time: isoOf(at), data, ...(sseId === undefined ? {} : { sseId }) }
}

/** A task record as the service sends it while it runs. */
const record = (status: string | undefined, fields: object, task = ROOT): object => ({
  id: task, agent_id: WORKFLOW, ...(status === undefined ? {} : { status }), ...fields,
})

type RecordFields = FrameFields & Readonly<Record<string, unknown>>

function recordFrame(type: string, status: string | undefined, { at, task, sseId, ...fields }: RecordFields): Frame {
  return frame(type, record(status, fields, task), { at, task, sseId })
}

export const taskCreated = (fields: RecordFields = {}): Frame => recordFrame('task_created', 'pending', { input: { text: 'Hi' }, ...fields })
export const taskUpdated = (fields: RecordFields = {}): Frame => recordFrame('task_updated', 'executing', fields)
export const taskFinished = (fields: RecordFields = {}): Frame => recordFrame('task_finished', 'completed', fields)
export const executed = (nodeId: string, fields: RecordFields = {}): Frame => taskUpdated({ last_executed_node_id: nodeId, ...fields })
export const paused = (nodeId: string, fields: RecordFields = {}): Frame =>
  taskUpdated({ status: 'paused', hitl_request: { wait_node_id: nodeId }, ...fields })
export const chunk = (text: string, fields?: FrameFields): Frame => frame('chunk', text, fields)

/** What names a tool call, in short: `{ call: 'c1', node: 'a' }`. */
export interface CallFields extends FrameFields {
  readonly call?: string | undefined
  readonly request?: string | undefined
  readonly operation?: string | undefined
  readonly tool?: string | undefined
  readonly node?: string | undefined
  readonly input?: unknown
  readonly title?: string | undefined
}

const callData = ({ call, request, operation, tool, node, input = null, title }: CallFields): object => ({
  tool_call_id: call ?? null,
  request_id: request ?? null,
  operation_id: operation ?? null,
  tool_name: tool ?? null,
  graph_node_id: node ?? null,
  payload: input,
  reasoning: title === undefined ? null : { title, description: null },
})

export const toolCallRequest = (fields: CallFields): Frame => frame('tool_call_request', callData(fields), fields)
export const toolCallResult = (fields: CallFields & { readonly output?: unknown; readonly isError?: boolean }): Frame =>
  frame('tool_call_result', { ...callData(fields), result: fields.output ?? null, is_error: fields.isError ?? false }, fields)

export const think = (data: unknown, fields?: FrameFields): Frame => frame('think', data, fields)
export const subAgentTrigger = (data: object, fields?: FrameFields): Frame => frame('sub_agent_trigger', data, fields)
export const planUpdated = (done: readonly boolean[], fields?: FrameFields): Frame =>
  frame('plan_updated', { enabled: true, started: true, tasks: done.map((completed, at) => ({ id: `p${at}`, title: `Step ${at}`, completed })) }, fields)
export const authEvent = (type: string, data: object, fields?: FrameFields): Frame => frame('auth_event', { type, data }, fields)

/** Makes a frame one of a child run. */
export const ofChild = (fields: RecordFields = {}, task = CHILD): RecordFields => ({ agent_id: 'agent-1', task, ...fields })

export const submitted = (text = 'Hi', fields: { readonly key?: string; readonly continues?: string; readonly workflowId?: string } = {}): Fact => ({
  kind: 'submitted', at: ms(0) + CLOCK_SKEW_MS, key: KEY, workflowId: WORKFLOW, input: { text }, continues: undefined, ...fields,
})

export const failure = (code: WorkflowErrorCode = 'network', phase: WorkflowErrorPhase = 'submit'): WorkflowError =>
  new WorkflowError(code, phase, 'It failed')

/** The canvas as `GET /v1/workflows/{id}/nodes` lists it. */
export const graphRead = (nodes: readonly object[], workflowId = WORKFLOW): Fact =>
  ({ kind: 'graphRead', workflowId, graph: decodeGraph(nodes) })

/** Frames become facts of the line of the submit before them. */
export function toFacts(items: readonly Item[]): Fact[] {
  let key = ROOT
  return items.map((item) => {
    if ('kind' in item) {
      if (item.kind === 'submitted') key = item.key
      return item
    }
    const { sseId, ...wire } = item
    const event = decodeEvent(wire, sseId)
    return { kind: 'received', key, at: (event.time ?? ms(second)) + CLOCK_SKEW_MS, event }
  })
}

export interface ReplayOptions {
  /** Where it goes on. @defaultValue an empty store */
  readonly state?: WorkflowStoreState
  /** How many facts each batch has, over and over. @defaultValue one */
  readonly batches?: readonly number[]
}

/** What the store holds after all of it. */
export function replayStore(items: readonly Item[], { state = EMPTY_STORE, batches = [1] }: ReplayOptions = {}): WorkflowStoreState {
  const facts = toFacts(items)
  let next = state
  for (let at = 0, turn = 0; at < facts.length; turn += 1) {
    const size = Math.max(1, batches[turn % batches.length] ?? 1)
    next = reduceWorkflow(next, facts.slice(at, at + size))
    at += size
  }
  return next
}

/** The root task after all of it. */
export function replay(items: readonly Item[], options?: ReplayOptions): TaskState {
  const store = replayStore(items, options)
  const key = items.findLast((item) => 'kind' in item && item.kind === 'submitted')
  const task = selectTask(store, key && 'kind' in key && key.kind === 'submitted' ? key.key : ROOT)
  if (task === undefined) throw new Error('The recording made no task')
  return task
}

function isoOf(at: number): string {
  const microseconds = Math.round(at * 1_000_000)
  const whole = Math.floor(microseconds / 1000)
  return new Date(BEGINNING + whole).toISOString().replace('Z', `${String(microseconds - whole * 1000).padStart(3, '0')}Z`)
}
