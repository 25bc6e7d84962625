import { selectTaskIds } from '../state/selectors.ts'
import type { TaskFilter } from '../state/selectors.ts'
import { storeOf, useWorkflowClient } from './clientContext.ts'
import { useSelection } from './useSelection.ts'

/** Ids of the tasks in the store that match, root tasks only unless `parentTaskId` is given. */
export function useWorkflowTasks(filter?: TaskFilter): readonly string[] {
  return useSelection(storeOf(useWorkflowClient()), (state) => selectTaskIds(state, filter))
}
