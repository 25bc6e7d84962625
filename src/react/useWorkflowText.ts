import type { TaskId, TaskState } from '../state/taskState.ts'
import { useWorkflowTask } from './useWorkflowTask.ts'

/** The text of the task's current turn so far; empty while there is none. */
export function useWorkflowText(taskId: TaskId | undefined): string {
  return useWorkflowTask(taskId, selectText)
}

const selectText = (task: TaskState | undefined): string => task?.text ?? ''
