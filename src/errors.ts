export type WorkflowErrorCode =
  | 'invalid_options'
  | 'invalid_request'
  | 'unauthorized'
  | 'forbidden'
  | 'not_found'
  | 'rate_limited'
  | 'server_error'
  | 'http_error'
  | 'network'
  | 'not_event_stream'
  | 'stream_truncated'
  | 'connection_lost'
  | 'busy'
  | 'cancelled'
  | 'unknown_start'
  | 'headers_failed'
  | 'stop_failed'

/** What was being done when it failed. */
export type WorkflowErrorPhase = 'submit' | 'stream' | 'recover' | 'stop' | 'read'

/** One field that the service refused, as a 422 names it; its input is left out because it may be secret. */
export interface RequestIssue {
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly type: string
}

export interface WorkflowErrorFields {
  /** HTTP status of the answer, when there was one. */
  readonly status?: number | undefined
  /** After a submit: a run may exist although we know no id of it. Nothing is sent again by itself. */
  readonly mayHaveStarted?: boolean | undefined
  /** How long the service asked to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined
  readonly taskId?: string | undefined
  /** The `x-request-id` header of the answer. */
  readonly requestId?: string | undefined
  readonly issues?: readonly RequestIssue[] | undefined
  readonly cause?: unknown
}

/** Everything that this package throws, rejects with, or keeps as `error` in a task. */
export class WorkflowError extends Error {
  override readonly name = 'WorkflowError'
  readonly code: WorkflowErrorCode
  readonly phase: WorkflowErrorPhase
  readonly mayHaveStarted: boolean
  declare readonly status?: number
  declare readonly retryAfterMs?: number
  declare readonly taskId?: string
  declare readonly requestId?: string
  declare readonly issues?: readonly RequestIssue[]

  constructor(code: WorkflowErrorCode, phase: WorkflowErrorPhase, message: string, fields: WorkflowErrorFields = {}) {
    super(message)
    this.code = code
    this.phase = phase
    this.mayHaveStarted = false
    for (const name of Object.keys(fields) as (keyof WorkflowErrorFields)[]) {
      if (fields[name] !== undefined) Object.assign(this, { [name]: fields[name] })
    }
  }
}
