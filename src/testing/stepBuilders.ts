import type {
  ApprovalOptions,
  FinishOptions,
  FromTurn,
  ReasoningOptions,
  SignInOptions,
  Step,
  StepList,
  SubAgentOptions,
  TextOptions,
  ToolCallOptions,
} from './steps.ts'
import type { WireTask } from './wire.ts'

/** A tool, connector or node step: a request, its duration, its result. `null` for a call that belongs to no node. */
export const toolCall = (node: string | null, options: ToolCallOptions = {}): Step => ({ ...options, kind: 'toolCall', node })

/** A reasoning step; plain text is sent as plain text. */
export const think = (content: FromTurn<string | ReasoningOptions>): Step => ({ kind: 'think', content })

/** A reasoning step about something that came back; plain text is sent as plain text. */
export const analyze = (content: FromTurn<string | ReasoningOptions>): Step => ({ kind: 'analyze', content })

/** Answer text that streams in pieces. */
export const text = (content: FromTurn<string>, options: TextOptions = {}): Step => {
  if (options.pieceLength !== undefined && !(options.pieceLength >= 1)) throw new RangeError('text() needs a pieceLength of at least 1.')
  return { ...options, kind: 'text', content }
}

/** Branches that run at the same time; the next step waits for all of them. */
export const parallel = (...branches: readonly StepList[]): Step => ({ kind: 'parallel', branches })

/** An agent that works in a task of its own; its frames come on the same stream under their own `task_id`. */
export const subAgent = (node: string | null, options: SubAgentOptions): Step => ({ ...options, kind: 'subAgent', node })

/** The plan as it is now: all its points, the first `done` of them completed. */
export const plan = (titles: readonly string[], options: { readonly done?: number } = {}): Step => ({ kind: 'plan', titles, done: options.done ?? 0 })

/** The user has to sign in somewhere; goes on after `simulator.release(taskId)`. */
export const signIn = (options: SignInOptions = {}): Step => ({ ...options, kind: 'signIn' })

/** The run is paused at a Wait node until `simulator.approve(taskId)` or `simulator.reject(taskId)`. */
export const waitForApproval = (node: string, options: ApprovalOptions = {}): Step => ({ ...options, kind: 'waitForApproval', node })

/** The task reports a node as executed, with no other sign of it, as code nodes may do. */
export const executed = (node: string): Step => ({ kind: 'executed', node })

/** Changes fields of the task record and sends a `task_updated`. */
export const update = (fields: FromTurn<Partial<WireTask>>): Step => ({ kind: 'update', fields })

/** Nothing happens for a while. */
export const wait = (ms: number): Step => {
  if (!(ms >= 0)) throw new RangeError(`wait() takes milliseconds from 0 up, not ${String(ms)}.`)
  return { kind: 'wait', ms }
}

/** Any other event; the envelope is filled in. */
export const event = (raw: FromTurn<{ readonly type: string; readonly data?: unknown }>): Step => ({ kind: 'event', event: raw })

/** The run ends badly; `message` becomes the result. */
export const fail = (message: FromTurn<string>, options: { readonly status?: 'failed' | 'error' } = {}): Step => ({
  kind: 'fail',
  message,
  status: options.status ?? 'failed',
})

/** The run ends well: with this result (an object is sent as JSON text), or with the text that was streamed. A function is called with the turn. */
export const finish = (result?: unknown, options: FinishOptions = {}): Step => ({ ...options, kind: 'finish', result })
