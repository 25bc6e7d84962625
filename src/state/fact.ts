import type { WorkflowError } from '../errors.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { StandardIssue } from '../protocol/standardSchema.ts'
import type { TaskSnapshot } from '../protocol/task.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import type { Batch } from './batch.ts'
import type { QueuedSubmit, SubmitKey, TaskId } from './taskState.ts'

/** Something that happened to one task. `at` is our own clock in epoch milliseconds. */
export type TaskFact =
  | {
      readonly kind: 'submitted'
      readonly at: number
      readonly workflowId: string
      readonly input: WorkflowInput
      /** The task that this submit continues. */
      readonly continues: TaskId | undefined
      /** The submit before in the same conversation, when the service never named a task for it. */
      readonly follows?: SubmitKey | undefined
    }
  | { readonly kind: 'opened' }
  | { readonly kind: 'received'; readonly at: number; readonly event: WorkflowEvent }
  /** Whether the stream can be gone back to where it breaks. */
  | { readonly kind: 'replayable'; readonly canReplay: boolean }
  /** The turn did not begin, as far as we know; no error: we let go of it before it was sent. */
  | { readonly kind: 'refused'; readonly error: WorkflowError | null }
  /** The line ended, and nobody asked for it; where the task is followed, when the first try is made. */
  | { readonly kind: 'dropped'; readonly at: number; readonly retryAt?: number }
  /** The task is tried to be reached again, at `retryAt`. */
  | { readonly kind: 'retrying'; readonly attempt: number; readonly retryAt: number }
  /** The browser has no network. */
  | { readonly kind: 'offline' }
  /** Nobody tries any more to follow the task. */
  | { readonly kind: 'lost'; readonly error: WorkflowError }
  /** A task that is followed by its id. */
  | { readonly kind: 'followed'; readonly taskId: TaskId }
  /** The record of the task was read, and where the text may be missing its thread too. */
  | {
      readonly kind: 'polled'
      readonly at: number
      /** When it was asked for: of two answers the one that was asked for earlier says nothing new. */
      readonly askedAt: number
      readonly task: TaskSnapshot
      readonly messages: readonly ThreadMessage[]
    }
  /** A submit waits for the turn under way, or does not any more. */
  | { readonly kind: 'queued'; readonly submit: QueuedSubmit }
  | { readonly kind: 'unqueued'; readonly submit: SubmitKey }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'stopRequested' }
  | { readonly kind: 'stopAnswered'; readonly at: number; readonly task: TaskSnapshot | undefined }
  | { readonly kind: 'stopFailed'; readonly error: WorkflowError }
  /** `turn`: the key of the turn whose result it was. */
  | { readonly kind: 'outputChecked'; readonly turn?: SubmitKey; readonly output: unknown; readonly issues: readonly StandardIssue[] | null }

/** What the client tells the store; the reducer draws the conclusions. */
export type Fact =
  /** `key` is the submit's key or the task's id. */
  | (TaskFact & { readonly key: SubmitKey | TaskId })
  | { readonly kind: 'graphRead'; readonly workflowId: string; readonly graph: WorkflowGraph }
  | { readonly kind: 'shown'; readonly conversation: string; readonly key: SubmitKey | TaskId | undefined }
  | { readonly kind: 'forgotten'; readonly taskIds: readonly (TaskId | SubmitKey)[] }
  /** What was kept from before is put into the store. Whoever keeps it brings the code along: it weighs on nobody else. */
  | { readonly kind: 'restored'; readonly restore: (batch: Batch) => void }
