import { own } from '../state/own.ts'
import { isRunning } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, WorkflowStoreState } from '../state/taskState.ts'

/** The root tasks beyond the bound, oldest first, that nobody shows and that do not run, with their child runs. */
export function excessTasks(
  { tasks }: WorkflowStoreState,
  maxTasks: number,
  isShown: (taskId: TaskId | SubmitKey) => boolean,
): (TaskId | SubmitKey)[] {
  const roots = Object.entries(tasks).filter(([, task]) => task.parentTaskId === null)
  const excess = roots.length - maxTasks
  if (excess <= 0) return []
  return roots
    .filter(([id, task]) => !isRunning(task.status) && !isShown(id))
    .sort(([, one], [, other]) => (one.finishedAt ?? 0) - (other.finishedAt ?? 0))
    .slice(0, excess)
    .flatMap(([id]) => [id, ...childrenOf(tasks, id)])
}

function childrenOf(tasks: WorkflowStoreState['tasks'], id: TaskId | SubmitKey): TaskId[] {
  return (own(tasks, id)?.childTaskIds ?? []).flatMap((childId) =>
    own(tasks, childId)?.parentTaskId === id ? [childId, ...childrenOf(tasks, childId)] : [],
  )
}
