/** Wire frames with sensible defaults; each is a millisecond later than the one before. */
export interface Frames {
  readonly created: (fields?: Fields, taskId?: string) => Frame
  readonly updated: (fields?: Fields, taskId?: string) => Frame
  readonly finished: (fields?: Fields, taskId?: string) => Frame
  readonly chunk: (text: string, taskId?: string) => Frame
  readonly request: (fields?: Fields, taskId?: string) => Frame
  readonly result: (fields?: Fields, taskId?: string) => Frame
  readonly frame: (type: string, data: unknown, taskId?: string) => Frame
}

type Fields = Readonly<Record<string, unknown>>

export interface Frame {
  readonly type: string
  readonly task_id: string
  readonly organization_id: string
  readonly time: string
  readonly data: unknown
}

export function createFrames(rootId = 'task-1', start = Date.UTC(2026, 4, 13, 10)): Frames {
  let now = start
  const frame = (type: string, data: unknown, taskId = rootId): Frame => {
    now += 1
    return { type, task_id: taskId, organization_id: 'org', time: new Date(now).toISOString(), data }
  }
  const snapshot = (type: string, status: string) => (fields: Fields = {}, taskId = rootId): Frame =>
    frame(type, { id: taskId, status, ...fields }, taskId)
  return {
    frame,
    created: snapshot('task_created', 'pending'),
    updated: snapshot('task_updated', 'executing'),
    finished: snapshot('task_finished', 'completed'),
    chunk: (text, taskId) => frame('chunk', text, taskId),
    request: (fields, taskId) => frame('tool_call_request', { request_id: 'call-1', operation_id: 'operation-1', payload: {}, ...fields }, taskId),
    result: (fields, taskId) => frame('tool_call_result', { request_id: 'call-1', operation_id: 'operation-1', result: 'done', is_error: false, ...fields }, taskId),
  }
}
