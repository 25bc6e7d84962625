import type { Frame } from './everyKind.ts'

export const taskId = 't'
export const childTaskId = 'c'

let second = 0
const frame = (type: string, data: unknown, task_id = taskId): Frame => {
  second += 1
  return { type, task_id, time: `2026-05-13T10:12:${String(second).padStart(2, '0')}Z`, data }
}
const snapshot = (status: string, fields: Frame = {}): Frame => ({ id: taskId, status, ...fields })
const child = (status: string, fields: Frame = {}): Frame => ({ id: childTaskId, status, parent_execution: taskId, ...fields })
const call = { request_id: 'r', graph_node_id: 'ask' }

/** The record of the task when it is over, as a read answers it. */
export const record: Frame = snapshot('completed', { result: 'Hé!', finished_at: '2026-05-13T10:12:59Z', tokens: { total_tokens: 9 } })

/** One turn with every kind of event, an unknown one and, as `undefined`, a frame that is no JSON; as short as can be, for tests that try each of its bytes. */
export const shortTurn: readonly (Frame | undefined)[] = [
  frame('connected', {}),
  frame('task_created', snapshot('pending')),
  frame('turn_started', { turn: 1 }),
  frame('task_updated', snapshot('executing', { last_executed_node_id: 'sort' })),
  frame('auth_event', { type: 'login_required', data: { url: 'https://a.b/' } }),
  frame('think', 'Old plan.'),
  frame('plan_updated', { tasks: [{ id: 'p', title: 'Read', completed: true }] }),
  frame('tool_call_request', call),
  frame('tool_call_result', { ...call, result: 'yes' }),
  undefined,
  frame('sub_agent_trigger', { id: 's', agent_id: 'a', task_id: childTaskId }),
  frame('task_created', child('pending'), childTaskId),
  frame('chunk', 'x', childTaskId),
  frame('task_finished', child('completed', { result: 'x' }), childTaskId),
  frame('task_updated', snapshot('paused', { hitl_request: { wait_node_id: 'w' } })),
  frame('task_updated', snapshot('executing', { last_executed_node_id: 'w' })),
  frame('task_compactization', { type: 'retry' }),
  frame('node_painted', 1),
  frame('error', 'slow'),
  frame('chunk', 'H'),
  frame('chunk', 'é!'),
  frame('analyze', 'Good.'),
  frame('turn_finished', { turn: 1 }),
  frame('task_finished', record),
]
