import { WorkflowError } from '../errors.ts'
import { isFields } from '../protocol/wire.ts'
import { own } from '../state/own.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import type { WorkflowStoreState } from '../state/taskState.ts'
import type { Persist, TaskStorage } from './persist.ts'
import { runSteps } from './steps.ts'
import type { Steps } from './steps.ts'
import { createStoredTasks } from './storedTasks.ts'

export interface PersistTasksOptions {
  /** What all items of one client begin with; clients of one page and different users each need their own. @defaultValue 'use-workflow-stream' */
  readonly name?: string | undefined
  /**
   * Characters of all items together; the oldest settled tasks go first, then the oldest others, and a task that is larger by itself is not
   * written. Local storage has room for about 5,000,000. @defaultValue 4000000
   */
  readonly maxBytes?: number | undefined
  /** Root tasks that are kept. @defaultValue 50 */
  readonly maxTasks?: number | undefined
}

const INTERVAL_MS = 1000
/** Writing may take one part of so many of the time. */
const REST = 20

/**
 * Lets tasks survive a reload: those that had ended are shown again, those that had not are followed again.
 *
 * zustand's own persist middleware does not serve here: it keeps a whole state in one item, writes it at each `set`, and
 * lets the tab that writes last overwrite the others.
 * @param storage sync, async, or a function that answers one when it is needed and may throw. @defaultValue `globalThis.localStorage`
 * @example
 * const client = createWorkflowClient({ persist: persistTasks() })
 * @throws WorkflowError `invalid_options`
 */
export function persistTasks(
  storage: TaskStorage | null | (() => TaskStorage | null | undefined) = () => globalThis.localStorage,
  { name = 'use-workflow-stream', maxBytes = 4_000_000, maxTasks = 50 }: PersistTasksOptions = {},
): Persist {
  check(storage, name, [maxBytes, maxTasks])
  const findStorage = (): TaskStorage => {
    const found = typeof storage === 'function' ? storage() : storage
    if (!found) throw new Error('There is no storage')
    return found
  }

  return (host) => {
    let timer: ReturnType<typeof setTimeout> | undefined
    let isBusy = false
    let isStopped = false
    /** Something changed while we were busy, or a turn began. */
    let isBehind = false
    let isHurried = false
    let restMs = INTERVAL_MS

    const stored = createStoredTasks({
      name, maxBytes, maxTasks, storage: findStorage,
      host: {
        ...host,
        restore(...kept) { if (!isStopped) host.restore(...kept) },
        follow(taskId) { if (!isStopped) host.follow(taskId) },
      },
    })

    const work = (steps: Steps<boolean>): void => {
      isBusy = true
      const startedAt = Date.now()
      runSteps(steps, (hasWritten = false, isLate) => {
        isBusy = false
        // What a storage takes that answers later is no time of ours.
        if (!isLate) restMs = Math.max(INTERVAL_MS, (Date.now() - startedAt) * REST)
        // Meanwhile another tab may have written, so look again.
        const isUnsure = hasWritten && isLate && !isStopped
        if (!isBehind && !isUnsure) return
        const isUrgent = isStopped || isHurried
        isBehind = isHurried = false
        if (isUrgent) save()
        else plan()
      })
    }
    const plan = (): void => {
      if (isBusy) isBehind = true
      else timer ??= setTimeout(save, restMs)
    }
    const save = (): void => {
      clearTimeout(timer)
      timer = undefined
      work(stored.write())
    }
    const savePlanned = (): void => { if (timer !== undefined) save() }
    const leave = (): void => {
      // What waits for a frame would wait for one that never comes.
      host.flush?.()
      savePlanned()
    }
    const onVisibility = (): void => { if (document.hidden) leave() }
    const listen = (method: 'addEventListener' | 'removeEventListener'): void => {
      // Neither a page nor a worker has all of them; Node has none.
      if (typeof globalThis[method] === 'function') globalThis[method]('pagehide', leave)
      if (typeof document !== 'undefined') document[method]('visibilitychange', onVisibility)
    }

    listen('addEventListener')
    const unsubscribe = host.store.subscribe((state, previous) => {
      if (state.tasks === previous.tasks && state.conversations === previous.conversations) return
      plan()
      // A reload may come before the answer, and then nothing else tells of the submit.
      if (!hasBegun(state, previous)) return
      if (isBusy) isHurried = true
      else save()
    })
    // What a shared store holds already is to be kept too.
    if (Object.keys(host.store.getState().tasks).length > 0) isBehind = true
    work(stored.read())

    return () => {
      isStopped = true
      listen('removeEventListener')
      unsubscribe()
      savePlanned()
    }
  }
}

/** Whether a turn began between two states, or what was only a submit got its id. */
function hasBegun(state: WorkflowStoreState, { tasks: before }: WorkflowStoreState): boolean {
  return Object.entries(state.tasks).some(([id, { status, key }]) => status === 'submitting' && own(before, id)?.key !== key) ||
    Object.keys(before).some((id) => resolveKey(state, id) !== id && !own(state.tasks, id))
}

function check(storage: unknown, name: unknown, bounds: readonly unknown[]): void {
  const isStorage = storage === null || typeof storage === 'function' ||
    (isFields(storage) && ['getItem', 'setItem', 'removeItem'].every((method) => typeof storage[method] === 'function'))
  const isBound = (value: unknown): boolean => typeof value === 'number' && value >= 0
  if (isStorage && typeof name === 'string' && bounds.every(isBound)) return
  throw new WorkflowError(
    'invalid_options', 'submit',
    'persistTasks: pass a storage with getItem, setItem and removeItem (such as localStorage) or a function that answers one, then { name, maxBytes, maxTasks }',
  )
}
