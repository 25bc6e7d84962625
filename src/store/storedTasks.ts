import type { Fields } from '../protocol/wire.ts'
import { isSame } from '../state/isSame.ts'
import { own } from '../state/own.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import { restoreTasks } from '../state/restoreTasks.ts'
import { isSettled } from '../state/runStatus.ts'
import type { TaskId, WorkflowStoreState } from '../state/taskState.ts'
import { mergeGroups, newsOf } from './mergeTasks.ts'
import type { PersistHost, TaskStorage } from './persist.ts'
import type { Steps } from './steps.ts'
import { excessOf, oldestFirst, readIndex, showIn, shownOf, sizeOf, writeIndex } from './storedIndex.ts'
import type { StoredIndex, StoredTask } from './storedIndex.ts'
import { groupOf, idOf, outlinesOf, readGroup, unheard, writeGroup } from './taskGroup.ts'
import type { TaskGroup } from './taskGroup.ts'

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
  /** What other tabs wrote of tasks that are written here. */
  const others = new Map<TaskId, TaskGroup>()
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
    const groups = new Map<TaskId, TaskGroup>()
    for (const [id, entry] of index.tasks) {
      try {
        const group = readGroup(id, yield storage().getItem(itemName(id)))
        if (group === 'newer') newer.add(id)
        else if (group) groups.set(id, group.map(unheard))
        else broken.set(id, entry)
      } catch {
        // It cannot be read now; another time it may.
      }
    }
    // One that was named meanwhile may not have been taken out.
    const keys = new Set([...groups].flatMap(([id, [root]]) => (root?.taskId === id ? root.turns.map(({ key }) => key) : [])))
    for (const id of [...groups.keys()]) if (keys.has(id)) groups.delete(id)
    const conversations = Object.fromEntries(index.conversations)
    host.restore((batch) => { restoreTasks(batch, [...groups.values()].flat(), conversations) })

    const state = host.store.getState()
    for (const [id, [root]] of groups) {
      const entry = index.tasks.get(id)
      if (!entry || own(state.tasks, id)?.turns !== root?.turns) continue
      entries.set(id, entry)
      seen.set(id, outlinesOf(groupOf(state, id)))
    }
    shown = index.conversations
    for (const [id, [root]] of groups) {
      if (root?.taskId === id && !isSettled(root.status) && !isSettled(own(state.tasks, id)?.status ?? 'stopped')) host.follow(id)
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
    const texts = yield* changedTexts(state, index, text == null)
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

    // What was kept under its submit is kept under its id now.
    const named = [...mine].filter((id) => {
      const name = resolveKey(state, id)
      return name !== id && (texts.has(name) || index.tasks.has(name))
    })
    for (const id of named) gone.add(id)
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
      showIn(latest, { before: shown, now }, (id) => texts.has(id), (id) => own(state.tasks, id) !== undefined)
      return writeIndex(latest)
    }
    const now = shownOf(state)
    for (const id of seen.keys()) if (!own(state.tasks, id)) for (const known of [seen, entries, mine, others]) known.delete(id)
    const hasNews = nextText() !== latestText
    if (hasNews) yield* put(indexName, nextText)
    shown = now
    for (const id of named) yield storage().removeItem(itemName(id))
    return hasNews
  }

  /** The items that are to be written; the index gets their entries. */
  function* changedTexts(state: WorkflowStoreState, index: StoredIndex, isCleared: boolean): Steps<Map<TaskId, string>> {
    const texts = new Map<TaskId, string>()
    for (const [id, task] of Object.entries(state.tasks)) {
      if (idOf(task) !== id || task.parentTaskId !== null || task.turns.length === 0 || newer.has(id)) continue
      const stored = index.tasks.get(id)
      const known = entries.get(id)
      const isOthers = stored !== undefined && !isSame(stored, known)
      // Two tabs that write at one moment may each undo what the other wrote. Who clears the storage means it.
      const isLost = mine.has(id) && known !== undefined && (isOthers || (!stored && !isCleared))
      const ours = groupOf(state, id)
      const outlines = outlinesOf(ours)
      const before = seen.get(id)
      if (!isLost && before?.length === outlines.length && outlines.every((outline, at) => isSame(outline, before[at]))) continue
      seen.set(id, outlines)
      const kept = isOthers ? yield storage().getItem(itemName(id)) : undefined
      if (isOthers) {
        const theirs = readGroup(id, kept)
        if (theirs === 'newer') {
          newer.add(id)
          continue
        }
        others.set(id, theirs ? newsOf(ours, theirs) : [])
      }
      const merged = mergeGroups(ours, others.get(id) ?? [])
      const text = writeGroup(merged)
      if (text === undefined) continue
      if (stored && text === kept) {
        entries.set(id, stored)
        continue
      }
      const [{ status, turns } = task] = merged
      const updatedAt = isLost ? Math.max(known.updatedAt, stored?.updatedAt ?? 0) : Date.now()
      const entry: StoredTask = { size: text.length, updatedAt, isSettled: isSettled(status), turns: turns.length }
      if (sizeOf({ tasks: new Map([[id, entry]]), conversations: new Map() }) > maxBytes) continue
      texts.set(id, text)
      index.tasks.set(id, entry)
    }
    return texts
  }

  return { read, write }
}

/** Browsers and the stores of native apps each have their own word for it. */
const isFull = (error: unknown): boolean => /quota|full|exceed/i.test(error instanceof Error ? `${error.name} ${error.message}` : String(error))
