import { draftOf, taskOf } from './batch.ts'
import type { Batch } from './batch.ts'
import { paint } from './childRuns.ts'
import { own } from './own.ts'
import { isSettled } from './runStatus.ts'
import type { TaskId, TaskState } from './taskState.ts'

/**
 * Takes over what was kept from before: tasks, each root before its child runs, and what each hook id showed. What the
 * store knows itself is newer and stays.
 */
export function restoreTasks(batch: Batch, tasks: readonly TaskState[], conversations: Readonly<Record<string, TaskId>>): void {
  const { next, drafts } = batch
  const restored = new Map<TaskId, TaskState>()
  for (const task of tasks) {
    const { taskId = task.turns[0]?.key, parentTaskId } = task
    if (taskId === undefined || (parentTaskId !== null && !restored.has(parentTaskId))) continue
    const known = taskOf(batch, taskId)
    if (known && known.turns.length > 0) continue
    // Somebody may follow it already by its id.
    const { connection = task.connection, attempt = task.attempt, retryAt = task.retryAt, queue = task.queue } = known ?? {}
    restored.set(taskId, isSettled(task.status) ? task : { ...task, connection, attempt, retryAt, queue })
    drafts.delete(taskId)
  }
  if (restored.size > 0) next.tasks = { ...next.tasks, ...Object.fromEntries(restored) }
  const shown = Object.entries(conversations).filter(([name, id]) => own(next.conversations, name) === undefined && taskOf(batch, id))
  if (shown.length > 0) next.conversations = { ...next.conversations, ...Object.fromEntries(shown) }
  // The canvas may be known by now that was not when they were kept.
  for (const [id, { canvasId, parentTaskId }] of restored) {
    if (parentTaskId === null && canvasId !== undefined && own(next.graphs, canvasId)) paint(batch, draftOf(batch, id))
  }
}
