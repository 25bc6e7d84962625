import { useEffect } from 'react'
import { selectTask } from '../state/selectors.ts'
import type { TaskId, TaskState } from '../state/taskState.ts'
import { storeOf, useWorkflowClient } from './clientContext.ts'
import { useSelection } from './useSelection.ts'

/**
 * A task by its id (or submit key), from anywhere; `undefined` while the store does not have it. It only looks.
 * @param select narrows what is answered, compared shallowly
 */
export function useWorkflowTask(taskId: TaskId | undefined): TaskState | undefined
export function useWorkflowTask<Selected>(
  taskId: TaskId | undefined,
  select: (task: TaskState | undefined) => Selected,
): Selected
export function useWorkflowTask(taskId: TaskId | undefined, select?: (task: TaskState | undefined) => unknown): unknown {
  const client = useWorkflowClient()
  // What is on screen does not go when the store has too many tasks.
  useEffect(() => (client === undefined || taskId === undefined ? undefined : client.retain(taskId)), [client, taskId])
  return useSelection(storeOf(client), (state) => {
    const task = selectTask(state, taskId)
    return select ? select(task) : task
  })
}
