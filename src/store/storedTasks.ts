import type { Fields } from '../protocol/wire.ts'
import { isSame } from '../state/isSame.ts'
import { own } from '../state/own.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import { restoreTasks } from '../state/restoreTasks.ts'
import { isSettled } from '../state/runStatus.ts'
import type { TaskId, TaskState, WorkflowStoreState } from '../state/taskState.ts'
import type { PersistHost, TaskStorage } from './persist.ts'
import { seal, unseal } from './sealedText.ts'
import type { Steps } from './steps.ts'
import { excessOf, oldestFirst, readIndex, sizeOf, writeIndex } from './storedIndex.ts'
import type { StoredIndex, StoredTask } from './storedIndex.ts'
import { outlineOf, packTask, unpackTasks } from './taskRecord.ts'

/** Hooks without an `id` make one up, which nobody will ask for again. */
const MADE_UP = 'view-'

export interface StoredTasksOptions {
  readonly host: PersistHost
  /** @throws where there is none */
  readonly storage: () => TaskStorage
  readonly name: string
  readonly maxBytes: number
  readonly maxTasks: number
}

/** What a storage has of the tasks of one client: one item a root task, with its child runs, and an index of them. */
export interface StoredTasks {
  /** Gives the client what there is. Never writes. */
  readonly read: () => Steps<boolean>
  /** Writes what changed; answers whether anything was written. */
  readonly write: () => Steps<boolean>
}

export function createStoredTasks({ host, storage, name, maxBytes, maxTasks }: StoredTasksOptions): StoredTasks {
  const indexName = `${name}:index`
  const itemName = (id: TaskId): string => `${name}:task:${id}`
  /** Each task as it was when it was last looked at, and its entry when it was last written or read here. */
  const seen = new Map<TaskId, readonly Fields[]>()
  const entries = new Map<TaskId, StoredTask>()
  /** Written here, and not taken out here. */
  const mine = new Set<TaskId>()
  /** Items that say nothing, and such as a newer version of this package wrote. */
  const broken = new Map<TaskId, StoredTask>()
  const newer = new Set<TaskId>()
  let shown: ReadonlyMap<string, TaskId> = new Map()
  /** A newer version of this package uses this storage, so that nothing in it is ours to change. */
  let isTaken = false

  function* read(): Steps<boolean> {
    const index = readIndex(yield storage().getItem(indexName))
    if (index === 'newer') {
      isTaken = true
      return false
    }
    const tasks: TaskState[] = []
    for (const [id, entry] of index.tasks) {
      try {
        const item = unseal(yield storage().getItem(itemName(id)))
        const group = item === undefined || item === 'newer' ? undefined : unpackTasks(id, item.data)
        if (item === 'newer') newer.add(id)
        else if (group) tasks.push(...group)
        else broken.set(id, entry)
      } catch {
        // It cannot be read now; another time it may.
      }
    }
    const conversations = Object.fromEntries(index.conversations)
    host.restore((batch) => { restoreTasks(batch, tasks, conversations) })

    const state = host.store.getState()
    for (const { taskId = '', turns } of tasks) {
      const entry = index.tasks.get(taskId)
      if (!entry || own(state.tasks, taskId)?.turns !== turns) continue
      entries.set(taskId, entry)
      seen.set(taskId, outlinesOf(state, taskId))
    }
    shown = index.conversations
    for (const { taskId = '', status, parentTaskId } of tasks) {
      if (parentTaskId === null && !isSettled(status) && !isSettled(own(state.tasks, taskId)?.status ?? 'stopped')) host.follow(taskId)
    }
    return false
  }

  function* write(): Steps<boolean> {
    if (isTaken) return false
    const text = yield storage().getItem(indexName)
    const index = readIndex(text)
    if (index === 'newer') {
      isTaken = true
      return false
    }
    const state = host.store.getState()
    const texts = changedTexts(state, index, text == null)
    const gone = new Set<TaskId>()
    const remove = function* (id: TaskId): Steps {
      yield storage().removeItem(itemName(id))
      gone.add(id)
      mine.delete(id)
    }

    // What is taken out first makes room for what comes.
    const excess = excessOf(index, { maxBytes, maxTasks }).filter((id) => !newer.has(id))
    for (const id of excess) texts.delete(id)
    const useless = [...broken].flatMap(([id, entry]) => (!texts.has(id) && isSame(index.tasks.get(id), entry) ? [id] : []))
    for (const id of new Set([...useless, ...excess])) {
      try {
        yield* remove(id)
      } catch {
        // It stays in the index, to be tried again.
      }
    }
    broken.clear()
    /** Writes an item; where the storage is full, the oldest settled tasks make way for it. */
    const put = function* (item: string, current: () => string): Steps {
      try {
        yield storage().setItem(item, current())
      } catch (error) {
        if (!isFull(error)) throw error
        const needed = current().length
        let freed = 0
        for (const [id, { isSettled: isOver, size }] of oldestFirst(index.tasks)) {
          if (freed >= needed) break
          if (!isOver || gone.has(id) || texts.has(id) || newer.has(id)) continue
          yield* remove(id)
          freed += size
        }
        yield storage().setItem(item, current())
      }
    }
    for (const [id, sealed] of texts) {
      try {
        yield* put(itemName(id), () => sealed)
        mine.add(id)
      } catch (error) {
        texts.delete(id)
        // Where there is no room, there is none until it says something new.
        if (!isFull(error)) seen.delete(id)
      }
    }

    // Another tab may have written meanwhile.
    const latestText = yield storage().getItem(indexName)
    const latest = readIndex(latestText)
    if (latest === 'newer') {
      isTaken = true
      return false
    }
    for (const id of texts.keys()) {
      const entry = index.tasks.get(id)
      if (!entry) continue
      latest.tasks.set(id, entry)
      entries.set(id, entry)
    }
    const nextText = (): string => {
      for (const id of gone) latest.tasks.delete(id)
      showIn(latest, state, texts)
      return writeIndex(latest)
    }
    for (const id of seen.keys()) if (!own(state.tasks, id)) for (const known of [seen, entries, mine]) known.delete(id)
    if (nextText() === latestText) return false
    yield* put(indexName, nextText)
    return true
  }

  /** The items that are to be written; the index gets their entries. */
  function changedTexts(state: WorkflowStoreState, index: StoredIndex, isCleared: boolean): Map<TaskId, string> {
    const texts = new Map<TaskId, string>()
    for (const [id, { taskId, parentTaskId, turns, status }] of Object.entries(state.tasks)) {
      if (taskId !== id || parentTaskId !== null || turns.length === 0 || newer.has(id)) continue
      const stored = index.tasks.get(id)
      const known = entries.get(id)
      // Two tabs that write at one moment may each undo what the other wrote. Who clears the storage means it.
      const isLost = mine.has(id) && known !== undefined && (stored ? isAhead(known, stored) : !isCleared)
      const outlines = outlinesOf(state, id)
      const before = seen.get(id)
      if (!isLost && before?.length === outlines.length && outlines.every((outline, at) => isSame(outline, before[at]))) continue
      seen.set(id, outlines)
      const now = { isSettled: isSettled(status), turns: turns.length }
      // Another tab may have seen more of it.
      if (stored && isAhead(stored, now) && !isSame(stored, known)) continue
      const text = textOf(outlines)
      if (text === undefined) continue
      const entry: StoredTask = { size: text.length, updatedAt: isLost ? known.updatedAt : Date.now(), ...now }
      if (sizeOf({ tasks: new Map([[id, entry]]), conversations: new Map() }) > maxBytes) continue
      texts.set(id, text)
      index.tasks.set(id, entry)
    }
    return texts
  }

  /** Brings up to date what the hooks show here. */
  function showIn({ tasks, conversations }: StoredIndex, state: WorkflowStoreState, written: ReadonlyMap<TaskId, unknown>): void {
    const now = new Map<string, TaskId>()
    for (const [conversation, key] of Object.entries(state.conversations)) {
      const { taskId } = own(state.tasks, resolveKey(state, key)) ?? {}
      if (taskId !== undefined && !conversation.startsWith(MADE_UP)) now.set(conversation, taskId)
    }
    for (const [conversation, id] of now) {
      const isLost = written.has(id) && !conversations.has(conversation)
      if (isLost || shown.get(conversation) !== id) conversations.set(conversation, id)
    }
    // One whose task was let go of is not shown elsewhere, it is only not here.
    for (const [conversation, id] of shown) if (!now.has(conversation) && own(state.tasks, id)) conversations.delete(conversation)
    for (const [conversation, id] of [...conversations]) if (!tasks.has(id)) conversations.delete(conversation)
    shown = now
  }

  return { read, write }
}

type Progress = Pick<StoredTask, 'isSettled' | 'turns'>

/** Whether the one is a later state of a task than the other. */
const isAhead = (one: Progress, other: Progress): boolean =>
  one.turns > other.turns || (one.turns === other.turns && one.isSettled && !other.isSettled)

/** A root task and, after it, its child runs. */
function outlinesOf(state: WorkflowStoreState, id: TaskId): Fields[] {
  const task = own(state.tasks, id)
  if (!task) return []
  const children = task.childTaskIds.filter((childId) => own(state.tasks, childId)?.parentTaskId === id)
  return [outlineOf(task), ...children.flatMap((childId) => outlinesOf(state, childId))]
}

function textOf(outlines: readonly Fields[]): string | undefined {
  try {
    return seal(outlines.map(packTask))
  } catch {
    return undefined
  }
}

/** Browsers and the stores of native apps each have their own word for it. */
const isFull = (error: unknown): boolean => /quota|full|exceed/i.test(error instanceof Error ? `${error.name} ${error.message}` : String(error))
