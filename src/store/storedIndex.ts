import { isFields, readFields, readNumber } from '../protocol/wire.ts'
import { own } from '../state/own.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import type { TaskId, WorkflowStoreState } from '../state/taskState.ts'
import { VERSION, openIndex } from './sealedText.ts'

/** Hooks without an `id` make one up, which nobody will ask for again. */
const MADE_UP = 'view-'

/** What the index says of one root task, so that no other item has to be read to know what there is. */
export interface StoredTask {
  /** Characters of its item. */
  readonly size: number
  readonly updatedAt: number
  readonly isSettled: boolean
  readonly turns: number
}

export interface StoredIndex {
  readonly tasks: Map<TaskId, StoredTask>
  /** What each hook id shows. */
  readonly conversations: Map<string, TaskId>
}

/** Reads an index; what is none holds nothing, and neither does an entry that is none. */
export function readIndex(text: unknown): StoredIndex | 'newer' {
  const opened = openIndex(text)
  if (opened === 'newer') return opened
  const { tasks, conversations } = readFields(opened?.data)
  return {
    tasks: new Map(Object.entries(readFields(tasks)).filter((entry): entry is [TaskId, StoredTask] => isStoredTask(entry[1]))),
    conversations: new Map(Object.entries(readFields(conversations)).filter((entry): entry is [string, TaskId] => typeof entry[1] === 'string')),
  }
}

export const writeIndex = ({ tasks, conversations }: StoredIndex): string =>
  JSON.stringify({ version: VERSION, tasks: Object.fromEntries(tasks), conversations: Object.fromEntries(conversations) })

/** Characters of the index and of all items that it names. */
export function sizeOf(index: StoredIndex): number {
  let size = writeIndex(index).length
  for (const task of index.tasks.values()) size += task.size
  return size
}

/**
 * In the order in which they may go: the settled ones first, and of each kind the oldest. Of one moment it is the same
 * in each tab, or they would take turns in taking out each other's.
 */
export const oldestFirst = (tasks: ReadonlyMap<TaskId, StoredTask>): [TaskId, StoredTask][] =>
  [...tasks].sort(([id, one], [otherId, other]) =>
    Number(other.isSettled) - Number(one.isSettled) || one.updatedAt - other.updatedAt || (id < otherId ? -1 : 1))

/** Those beyond the bounds. */
export function excessOf(index: StoredIndex, { maxBytes, maxTasks }: { readonly maxBytes: number; readonly maxTasks: number }): TaskId[] {
  let count = index.tasks.size
  let size = sizeOf(index)
  const excess: TaskId[] = []
  for (const [id, task] of oldestFirst(index.tasks)) {
    if (count <= maxTasks && size <= maxBytes) break
    excess.push(id)
    count -= 1
    size -= task.size + JSON.stringify({ [id]: task }).length - 1
  }
  return excess
}

/** What the hooks show whose conversations may be asked for again. */
export function shownOf(state: WorkflowStoreState): Map<string, TaskId> {
  const now = new Map<string, TaskId>()
  for (const [conversation, key] of Object.entries(state.conversations)) {
    const id = resolveKey(state, key)
    if (own(state.tasks, id) && !conversation.startsWith(MADE_UP)) now.set(conversation, id)
  }
  return now
}

/** What hooks show, before and now. */
export interface Shown {
  readonly before: ReadonlyMap<string, TaskId>
  readonly now: ReadonlyMap<string, TaskId>
}

/** Brings up to date what the hooks of one tab show; what those of others do stays. */
export function showIn(
  { tasks, conversations }: StoredIndex, { before, now }: Shown, isWritten: (id: TaskId) => boolean, isHere: (id: TaskId) => boolean,
): void {
  for (const [conversation, id] of now) {
    const isLost = isWritten(id) && !conversations.has(conversation)
    if (isLost || before.get(conversation) !== id) conversations.set(conversation, id)
  }
  // One whose task was let go of is not shown elsewhere, it is only not here.
  for (const [conversation, id] of before) if (!now.has(conversation) && isHere(id)) conversations.delete(conversation)
  for (const [conversation, id] of [...conversations]) if (!tasks.has(id)) conversations.delete(conversation)
}

const isStoredTask = (value: unknown): value is StoredTask =>
  isFields(value) && isAmount(value.size) && isAmount(value.updatedAt) && isAmount(value.turns) && typeof value.isSettled === 'boolean'

const isAmount = (value: unknown): boolean => (readNumber(value) ?? -1) >= 0
