import type { SubmitKey, TaskId } from '../state/taskState.ts'
import type { WorkflowStore } from '../store/workflowStore.ts'

/** Says which tasks must not be forgotten now. */
export type Keeper = () => (id: TaskId | SubmitKey) => boolean

// Clients may share a store: none of them forgets what another one shows or follows.
const keepersOf = new WeakMap<WorkflowStore, Set<Keeper>>()

/** Puts in a word for tasks of a store; answers the word of everybody, and how to take ours back. */
export function joinKeepers(store: WorkflowStore, keeper: Keeper): { readonly keeps: Keeper; readonly leave: () => void } {
  const keepers = keepersOf.get(store) ?? new Set()
  keepersOf.set(store, keepers.add(keeper))
  return {
    keeps() {
      const words = [...keepers].map((ask) => ask())
      return (id) => words.some((isKept) => isKept(id))
    },
    leave() { keepers.delete(keeper) },
  }
}
