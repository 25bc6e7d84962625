import type { WireFrame, WireTask } from './wire.ts'

/** A frame as the protocol of November 2025 spelled it, fields at top level; `undefined` where it had none for it. */
export function toLegacyFrame({ type, task_id, time, data }: WireFrame): object | undefined {
  switch (type) {
    case 'task_created':
      return { type: 'task_started', task_id, timestamp: time }
    case 'chunk':
      return { type: 'content_chunk', content: data, is_final: false }
    case 'task_finished': {
      const { status, result } = data as WireTask
      return status === 'completed' ? { type: 'task_completed', task_id, result } : { type: 'error', error: result ?? `The task was ${status}.` }
    }
    default:
      return undefined
  }
}
