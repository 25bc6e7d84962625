import type { TaskId, TaskState, TimelineNode } from '../state/taskState.ts'
import { useWorkflowTask } from './useWorkflowTask.ts'

const NO_NODES: readonly TimelineNode[] = []

/** The nodes that the task's current turn has touched, in order of first sight. */
export function useWorkflowTimeline(taskId: TaskId | undefined): readonly TimelineNode[] {
  return useWorkflowTask(taskId, selectTimeline)
}

const selectTimeline = (task: TaskState | undefined): readonly TimelineNode[] => task?.timeline ?? NO_NODES
