import { WorkflowError } from '../errors.ts'
import type { TaskFact } from '../state/fact.ts'
import type { TaskId } from '../state/taskState.ts'

/** What was seen on a line before it ended. */
export interface LineSight {
  readonly hasFrames: boolean
  readonly taskId: TaskId | undefined
  /** What the service last complained about, in its legacy `error` frame. */
  readonly complaint: string | undefined
}

export interface EndOfLine {
  readonly fact: TaskFact
  /** Of a drop: what to say of it when nobody follows the task. */
  readonly error?: WorkflowError
}

/**
 * The one place that says what it means when a line ends before its task does: `failure` is what the transport
 * rejected with, or `undefined` when the body just ended.
 */
export function endOfLine(failure: unknown, sight: LineSight, at: number): EndOfLine {
  const { taskId } = sight
  if (failure instanceof WorkflowError && failure.phase === 'submit') return { fact: { kind: 'refused', error: failure } }
  if (!sight.hasFrames || taskId === undefined) {
    const message = 'The service took the request, but the line broke before it said which task it is: it may have started'
    const error = unknownStart(message, failure)
    return { fact: { kind: 'refused', error } }
  }
  const message = `The stream ended before the task did${sight.complaint ? `: ${sight.complaint}` : ''}`
  return {
    fact: { kind: 'dropped', at },
    error: new WorkflowError('stream_truncated', 'stream', message, { taskId, cause: failure }),
  }
}

/** Nothing told of a turn, which a service may have taken. */
export const unknownStart = (message: string, cause?: unknown): WorkflowError =>
  new WorkflowError('unknown_start', 'submit', message, { mayHaveStarted: true, cause })
