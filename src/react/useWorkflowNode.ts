import { own } from '../state/own.ts'
import type { NodeId, TaskId, TimelineNode } from '../state/taskState.ts'
import { useWorkflowTask } from './useWorkflowTask.ts'

/** One node of the task's current turn; the component renders again only when that node changed. */
export function useWorkflowNode(taskId: TaskId | undefined, nodeId: NodeId): TimelineNode | undefined {
  return useWorkflowTask(taskId, (task) => task && own(task.nodes, nodeId))
}
