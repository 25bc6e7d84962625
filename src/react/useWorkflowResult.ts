import type { TaskId, TaskState } from '../state/taskState.ts'
import { useWorkflowTask } from './useWorkflowTask.ts'

/** The final result as sent, and as the submit's schema gave it. */
export type WorkflowResult = Pick<TaskState, 'result' | 'output' | 'outputIssues'>

/** The result of the task's current turn; `undefined` while the store does not have the task. */
export function useWorkflowResult(taskId: TaskId | undefined): WorkflowResult | undefined {
  return useWorkflowTask(taskId, selectResult)
}

const selectResult = (task: TaskState | undefined): WorkflowResult | undefined =>
  task && { result: task.result, output: task.output, outputIssues: task.outputIssues }
