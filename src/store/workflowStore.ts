import { createStore } from 'zustand/vanilla'
import type { StoreApi } from 'zustand/vanilla'
import { EMPTY_STORE } from '../state/emptyState.ts'
import type { WorkflowStoreState } from '../state/taskState.ts'
import { report } from './report.ts'

/** A zustand vanilla store of tasks. Only a client writes to it. */
export type WorkflowStore = StoreApi<WorkflowStoreState>

/** An empty store, to be shared by clients or inspected in tests. A subscriber that throws harms nobody else. */
export function createWorkflowStore(): WorkflowStore {
  const store = createStore<WorkflowStoreState>(() => EMPTY_STORE)
  return {
    ...store,
    subscribe: (listener) => store.subscribe((state, previous) => { report(() => { listener(state, previous) }) }),
  }
}
