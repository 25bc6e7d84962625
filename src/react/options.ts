import type { WorkflowObserver } from '../client/observers.ts'
import type { SettledTurn } from '../client/settledTurn.ts'
import type { WhenBusy, WorkflowClient } from '../client/workflowClient.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import { own } from '../state/own.ts'
import { selectTask } from '../state/selectors.ts'
import type { SubmitKey, TaskId, WorkflowStoreState } from '../state/taskState.ts'
import type { SubmitOverrides } from './workflowRun.ts'

/** Options are read when they are needed, so inline objects and functions are fine. */
export interface UseWorkflowStreamOptions<Output = unknown>
  extends Pick<WorkflowObserver, 'onEvent' | 'onError' | 'onAuthRequired'> {
  readonly workflowId: string
  /** Version to run. @defaultValue the latest deployed one */
  readonly version?: string | number | undefined
  /** The task to show and to continue; wins over `id`. Changing it switches the view and touches no run. */
  readonly taskId?: TaskId | undefined
  /** Told a new task's id once, and `undefined` when `reset` wants a controlled `taskId` gone. */
  readonly onTaskId?: ((taskId: TaskId | undefined) => void) | undefined
  /** Hooks with the same id share one conversation, and find it again after a remount. */
  readonly id?: string | undefined
  /** @defaultValue the provider's, else the page's own */
  readonly client?: WorkflowClient | undefined
  /** Body fields of every submit, and defaults of its input (`user`, `files`). */
  readonly request?: (SubmitOverrides & { readonly input?: WorkflowInput | undefined }) | undefined
  /** Checks the results that are shown and types `output`. Any Standard Schema. */
  readonly schema?: StandardSchema<Output> | undefined
  /** What a submit does while a turn runs. @defaultValue 'reject' */
  readonly whenBusy?: WhenBusy | undefined
  /** Whether a `taskId` that the store does not have is read, and followed while it runs. @defaultValue true */
  readonly follow?: boolean | undefined
  /** What becomes of the run when its last view has been gone for a tick. @defaultValue it goes on */
  readonly onUnmount?: 'disconnect' | 'stop' | undefined
  /** Once a turn, on a terminal status only. */
  readonly onSettled?: ((turn: SettledTurn<Output>) => void) | undefined
}

/** What a hook was rendered with. */
export interface Rendered {
  readonly options: UseWorkflowStreamOptions
  readonly client: WorkflowClient | undefined
  readonly conversation: string
}

/** The task that a hook shows, or the submit before it has one. */
export function shownKey(state: WorkflowStoreState, { options, conversation }: Omit<Rendered, 'client'>): TaskId | SubmitKey | undefined {
  // What is not there in an address may be read from it as an empty text.
  if (options.taskId) return options.taskId
  const key = own(state.conversations, conversation)
  const task = selectTask(state, key)
  // A conversation with one workflow is none with another.
  return task && task.workflowId !== options.workflowId ? undefined : key
}
