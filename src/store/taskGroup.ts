import { WorkflowError } from '../errors.ts'
import type { Fields } from '../protocol/wire.ts'
import { own } from '../state/own.ts'
import { reduceTask } from '../state/reduceTask.ts'
import type { SubmitKey, TaskId, TaskState, WorkflowStoreState } from '../state/taskState.ts'
import { seal, unseal } from './sealedText.ts'
import { outlineOf, packTask, unpackTasks } from './taskRecord.ts'

/** A root task and, after it, its child runs: what one item of a storage holds. */
export type TaskGroup = readonly TaskState[]

/** What a task is kept under: its id, or while the service named none the key of its first submit. */
export const idOf = ({ taskId, turns }: TaskState): TaskId | SubmitKey | undefined => taskId ?? turns[0]?.key

export function groupOf(state: WorkflowStoreState, id: TaskId | SubmitKey): TaskGroup {
  const task = own(state.tasks, id)
  if (!task) return []
  const children = task.childTaskIds.filter((childId) => own(state.tasks, childId)?.parentTaskId === id)
  return [task, ...children.flatMap((childId) => groupOf(state, childId))]
}

/** What is kept of each; while these are the same, nothing is to be written. */
export const outlinesOf = (group: TaskGroup): readonly Fields[] => group.map(outlineOf)

/** The text of an item; `undefined` for what no text can hold. */
export function writeGroup(group: TaskGroup): string | undefined {
  try {
    return seal(group.map((task) => packTask(outlineOf(task))))
  } catch {
    return undefined
  }
}

/** What an item says; `undefined` where that is nothing. */
export function readGroup(id: TaskId | SubmitKey, text: unknown): TaskGroup | 'newer' | undefined {
  const item = unseal(text)
  return item === 'newer' ? item : item && unpackTasks(id, item.data)
}

/** A run that the page was left before it had an id: nobody can follow it, and nobody sends it again. */
export function unheard(task: TaskState): TaskState {
  if (task.taskId !== undefined || task.turns.at(-1)?.status === 'error') return task
  const message = 'The page went away before the service said which task it is: it may have started'
  return reduceTask(task, [{ kind: 'refused', error: new WorkflowError('unknown_start', 'submit', message, { mayHaveStarted: true }) }])
}
