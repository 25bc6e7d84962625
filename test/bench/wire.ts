const encoder = new TextEncoder()
const organization = '0d7b6c1e-55aa-4f0a-8a1b-3d8f2a7e9c00'
const startMs = Date.UTC(2026, 4, 13, 10)

/** Writes the frames of one task as the service does, each some microseconds later than the one before. */
export interface Wire {
  readonly taskId: string
  readonly frame: (type: string, data: unknown) => string
  readonly created: () => string
  readonly updated: (fields?: object) => string
  readonly finished: (result: string) => string
  readonly chunk: (text: string) => string
  readonly request: (call: string, nodeId: string) => string
  readonly result: (call: string, nodeId: string, result?: unknown) => string
}

export function createWire(taskId = '6f1c0a52-2f5e-4f7e-9a53-0b8f5d7c1a11'): Wire {
  let frames = 0
  const frame = (type: string, data: unknown): string => {
    frames += 1
    const second = new Date(startMs + Math.floor(frames / 1000) * 1000).toISOString().slice(0, 19)
    const time = `${second}.${String((frames % 1000) * 1000).padStart(6, '0')}Z`
    return `data: ${JSON.stringify({ type, task_id: taskId, organization_id: organization, time, data })}\n\n`
  }
  const call = (id: string, nodeId: string): object => ({
    request_id: `request-${id}`,
    operation_id: `operation-${nodeId}`,
    tool_call_id: `call-${id}`,
    graph_node_id: nodeId,
    tool_name: `Tool of ${nodeId}`,
    payload: { query: 'open orders' },
  })
  const updated = (fields: object = {}): string => frame('task_updated', { id: taskId, status: 'executing', sub_executions: [], ...fields })
  return {
    taskId,
    frame,
    created: () => frame('task_created', { id: taskId, status: 'pending', agent_id: 'flow' }),
    updated,
    finished: (result) => frame('task_finished', { id: taskId, status: 'completed', result }),
    chunk: (text) => frame('chunk', text),
    request: (id, nodeId) => frame('tool_call_request', call(id, nodeId)),
    result: (id, nodeId, result = { orders: 3 }) => frame('tool_call_result', { ...call(id, nodeId), result, is_error: false }),
  }
}

/** The bytes in pieces of so many. */
export function cut(text: string, length = 16 * 1024): Uint8Array[] {
  const bytes = encoder.encode(text)
  const pieces: Uint8Array[] = []
  for (let at = 0; at < bytes.length; at += length) pieces.push(bytes.subarray(at, at + length))
  return pieces
}

/** Each frame in a piece of its own. */
export const cutFrames = (frames: readonly string[]): Uint8Array[] => frames.map((frame) => encoder.encode(frame))

/** What `GET /v1/workflows/{id}/nodes` answers: so many action nodes in a row. */
export const canvas = (count: number): object[] =>
  Array.from({ length: count }, (_, at) => ({
    id: nodeId(at), type: 'action', name: `Node ${at}`, next_node_ids: at + 1 < count ? [nodeId(at + 1)] : [], operation_id: `operation-${nodeId(at)}`,
  }))

export const nodeId = (at: number): string => `node-${at}`
