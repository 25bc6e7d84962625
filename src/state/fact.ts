import type { WorkflowError } from '../errors.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { StandardIssue } from '../protocol/standardSchema.ts'
import type { TaskSnapshot } from '../protocol/task.ts'
import type { SubmitKey, TaskId } from './taskState.ts'

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
  /** The turn did not begin, as far as we know. */
  | { readonly kind: 'refused'; readonly error: WorkflowError }
  /** The line ended, and nobody asked for it. */
  | { readonly kind: 'dropped'; readonly at: number; readonly error: WorkflowError }
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'stopRequested' }
  | { readonly kind: 'stopAnswered'; readonly at: number; readonly task: TaskSnapshot | undefined }
  | { readonly kind: 'stopFailed'; readonly error: WorkflowError }
  | { readonly kind: 'outputChecked'; readonly output: unknown; readonly issues: readonly StandardIssue[] | null }

/** What the client tells the store; the reducer draws the conclusions. */
export type Fact =
  /** `key` is the submit's key or the task's id. */
  | (TaskFact & { readonly key: SubmitKey | TaskId })
  | { readonly kind: 'graphRead'; readonly workflowId: string; readonly graph: WorkflowGraph }
  | { readonly kind: 'shown'; readonly conversation: string; readonly key: SubmitKey | TaskId | undefined }
  | { readonly kind: 'forgotten'; readonly taskIds: readonly (TaskId | SubmitKey)[] }
