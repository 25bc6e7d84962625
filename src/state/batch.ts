import { openDraft } from './draft.ts'
import type { Draft } from './taskDraft.ts'
import { EMPTY_TASK } from './emptyState.ts'
import { own } from './own.ts'
import type { Mutable, SubmitKey, TaskId, TaskState, WorkflowStoreState } from './taskState.ts'

/** One batch of facts: the drafts of the tasks that it touches, by the key they will be stored under. */
export interface Batch {
  /** What the store held when the batch was opened. */
  readonly base: WorkflowStoreState
  readonly next: Mutable<WorkflowStoreState>
  readonly drafts: Map<TaskId | SubmitKey, Draft>
}

/** What is known of a task; what it shows of its nodes may not be drawn yet. */
export const taskOf = ({ next, drafts }: Batch, id: TaskId | SubmitKey): TaskState | undefined =>
  drafts.get(id)?.task ?? own(next.tasks, id)

/** Every id and key that there is a task under. */
export const allIds = ({ next, drafts }: Batch): (TaskId | SubmitKey)[] => [...new Set([...Object.keys(next.tasks), ...drafts.keys()])]

/** The task under that key, ready to be written; an empty one when there is none. */
export function draftOf({ next, drafts }: Batch, id: TaskId | SubmitKey): Draft {
  const known = drafts.get(id)
  if (known) return known
  const task = own(next.tasks, id) ?? EMPTY_TASK
  const draft = openDraft(task, task.canvasId === undefined ? undefined : own(next.graphs, task.canvasId))
  drafts.set(id, draft)
  return draft
}
