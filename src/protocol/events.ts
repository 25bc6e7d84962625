import type { Plan, TaskSnapshot } from './task.ts'

interface EventFields {
  /** Task that the event is about; `undefined` when the frame names none (it then belongs to the streamed task). */
  readonly taskId: string | undefined
  /** Server time in epoch milliseconds (microseconds as its fraction); `undefined` when the frame has none. */
  readonly time: number | undefined
  /** The SSE `id:` of the frame, when it had one. */
  readonly id?: string | undefined
  /** The frame as parsed, without the secrets that the service echoes. */
  readonly raw: unknown
}

export interface Reasoning {
  readonly title: string | undefined
  readonly description: string | undefined
}

/** Fields that a tool call's request and result share (xpander-api.md 7.3). */
export interface ToolCallFields {
  readonly toolCallId: string | undefined
  readonly requestId: string | undefined
  readonly operationId: string | undefined
  /** `graph_node_id`, else `node_id`. */
  readonly nodeId: string | undefined
  readonly toolName: string | undefined
  readonly payload: unknown
  readonly reasoning: Reasoning | undefined
}

export interface TaskCreatedEvent extends EventFields { readonly kind: 'taskCreated'; readonly task: TaskSnapshot }
export interface TaskUpdatedEvent extends EventFields { readonly kind: 'taskUpdated'; readonly task: TaskSnapshot }
/** The name alone never means success: read `task.status`. */
export interface TaskFinishedEvent extends EventFields { readonly kind: 'taskFinished'; readonly task: TaskSnapshot }
export interface ToolCallRequestEvent extends EventFields, ToolCallFields { readonly kind: 'toolCallRequest' }
export interface ToolCallResultEvent extends EventFields, ToolCallFields {
  readonly kind: 'toolCallResult'
  readonly result: unknown
  readonly isError: boolean
}
export interface SubAgentTriggerEvent extends EventFields {
  readonly kind: 'subAgentTrigger'
  readonly triggerId: string | undefined
  readonly agentId: string | undefined
  readonly childTaskId: string | undefined
  readonly nodeId: string | undefined
  readonly query: string | undefined
  readonly files: readonly string[]
  readonly reasoning: Reasoning | undefined
}
/** Fields of a reasoning step; a step sent as plain text has it in `text`. */
export interface ReasoningFields {
  readonly nodeId: string | undefined
  readonly title: string | undefined
  /** `thought` of a think step, `analysis` of an analyze step, or the plain text. */
  readonly text: string | undefined
  readonly action: string | undefined
  readonly result: string | undefined
  readonly confidence: number | undefined
}
export interface ThinkEvent extends EventFields, ReasoningFields { readonly kind: 'think' }
export interface AnalyzeEvent extends EventFields, ReasoningFields { readonly kind: 'analyze' }
export interface ChunkEvent extends EventFields { readonly kind: 'chunk'; readonly text: string }
export interface PlanUpdatedEvent extends EventFields { readonly kind: 'planUpdated'; readonly plan: Plan }
export interface AuthEvent extends EventFields {
  readonly kind: 'authEvent'
  /** `login_required`, `token_ready`, `token_issue`, `not_supported`, or a word that we do not know. */
  readonly authType: string
  /** Where the user signs in; only an `https:` address is kept. */
  readonly url: string | undefined
  readonly serverUrl: string | undefined
  readonly serverName: string | undefined
  readonly message: string | undefined
}
export interface TaskCompactizationEvent extends EventFields {
  readonly kind: 'taskCompactization'
  readonly compactizationType: string | undefined
}
export interface ConnectedEvent extends EventFields { readonly kind: 'connected' }
export interface TurnStartedEvent extends EventFields { readonly kind: 'turnStarted'; readonly turn: number | undefined }
export interface TurnFinishedEvent extends EventFields {
  readonly kind: 'turnFinished'
  readonly turn: number | undefined
  readonly result: string | undefined
}
/** The legacy `error` frame; the task's real status has to be read. */
export interface ErrorEvent extends EventFields { readonly kind: 'error'; readonly message: string }
/** A kind that we do not know, or a known one in a shape that we cannot read. Kept, never fatal. */
export interface UnknownEvent extends EventFields {
  readonly kind: 'unknown'
  /** The kind as sent. */
  readonly type: string | undefined
  readonly reason: 'unknownType' | 'wrongShape'
}
/** A frame that is no JSON. Its text is not kept because it may hold half a secret. */
export interface MalformedEvent extends EventFields { readonly kind: 'malformed'; readonly length: number }

/** A decoded frame of the stream; `kind` is the vendor's name in camelCase. */
export type WorkflowEvent =
  | TaskCreatedEvent
  | TaskUpdatedEvent
  | TaskFinishedEvent
  | ToolCallRequestEvent
  | ToolCallResultEvent
  | SubAgentTriggerEvent
  | ThinkEvent
  | AnalyzeEvent
  | ChunkEvent
  | PlanUpdatedEvent
  | AuthEvent
  | TaskCompactizationEvent
  | ConnectedEvent
  | TurnStartedEvent
  | TurnFinishedEvent
  | ErrorEvent
  | UnknownEvent
  | MalformedEvent
