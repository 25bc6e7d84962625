import type { Batch } from '../state/batch.ts'
import type { TaskId } from '../state/taskState.ts'
import type { WorkflowStore } from './workflowStore.ts'

/** Where tasks are kept: the shape of zustand's `StateStorage`, such as local storage; each call may answer a promise. */
export interface TaskStorage {
  readonly getItem: (name: string) => string | null | Promise<string | null>
  readonly setItem: (name: string, value: string) => unknown
  readonly removeItem: (name: string) => unknown
}

/** What a client gives to whoever keeps its tasks. */
export interface PersistHost {
  readonly store: WorkflowStore
  /** Publishes what was applied and waits for its frame. */
  readonly flush?: (() => void) | undefined
  /** Puts what was kept into the store, by a change of the batch that is published next. */
  readonly restore: (restore: (batch: Batch) => void) => void
  /** Goes on with a task that had not ended. */
  readonly follow: (taskId: TaskId) => void
}

/** Keeps a client's tasks; the answered function stops it. */
export type Persist = (host: PersistHost) => () => void
