import type { WorkflowError } from '../errors.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import { selectTask } from '../state/selectors.ts'
import type { AuthRequest, SubmitKey, TaskId, WorkflowStoreState } from '../state/taskState.ts'
import { report } from '../store/report.ts'
import type { SettledTurn } from './settledTurn.ts'

/** What becomes of the run whose view is gone. */
export type LeavePolicy = 'disconnect' | 'stop'

/** What a view wants to hear of its task. Called after the store was updated; what it throws is reported. */
export interface WorkflowObserver {
  /** Each event of the task's stream, those of its child runs included. */
  readonly onEvent?: ((event: WorkflowEvent) => void) | undefined
  /** Once a turn, on a terminal status only. */
  readonly onSettled?: ((turn: SettledTurn) => void) | undefined
  readonly onError?: ((error: WorkflowError) => void) | undefined
  readonly onAuthRequired?: ((auth: AuthRequest) => void) | undefined
  /** Checks a result that no submit of this page has a schema for: the run was found again. */
  readonly schema?: (() => StandardSchema | undefined) | undefined
  /** What becomes of the run when its last view has been gone for a tick. @defaultValue it goes on */
  readonly onUnmount?: (() => LeavePolicy | undefined) | undefined
}

/** The views of one client. */
export interface Observers {
  /** Calls the observer until the answered function is called. */
  readonly add: (idOrKey: TaskId | SubmitKey, observer: WorkflowObserver) => () => void
  /** Keeps a task for somebody who wants to hear nothing. */
  readonly hold: (idOrKey: TaskId | SubmitKey) => () => void
  /** Whether somebody shows or keeps this task. */
  readonly has: (taskId: TaskId | SubmitKey) => boolean
  /** The schema that a view of the task has. */
  readonly schemaOf: (idOrKey: TaskId | SubmitKey) => StandardSchema | undefined
  /** Tells the views of a task. */
  readonly tell: (idOrKey: TaskId | SubmitKey, call: (observer: WorkflowObserver) => void) => void
  /** Keeps an event of a line for those who will want to hear of it. */
  readonly hear: (key: SubmitKey, event: WorkflowEvent) => void
  /** Tells everybody what was published: the events that were heard, and what else changed. */
  readonly published: (before: WorkflowStoreState, after: WorkflowStoreState) => void
}

interface View {
  readonly key: TaskId | SubmitKey
  readonly observer: WorkflowObserver
}

export function createObservers(
  getState: () => WorkflowStoreState,
  leave: (idOrKey: TaskId | SubmitKey, policy: LeavePolicy | undefined) => unknown,
): Observers {
  const views = new Set<View>()
  const holds = new Map<TaskId | SubmitKey, number>()
  let heard: { readonly key: SubmitKey; readonly event: WorkflowEvent }[] = []

  const tell: Observers['tell'] = (idOrKey, call) => {
    const state = getState()
    const id = resolveKey(state, idOrKey)
    for (const view of [...views]) {
      if (resolveKey(state, view.key) === id) report(() => { call(view.observer) })
    }
  }

  const has = (taskId: TaskId | SubmitKey): boolean => {
    const state = getState()
    return [...holds.keys(), ...[...views].map(({ key }) => key)].some((key) => resolveKey(state, key) === taskId)
  }

  return {
    add(key, observer) {
      const view = { key, observer }
      views.add(view)
      return () => {
        views.delete(view)
        // StrictMode and a quick remount take a view away and bring it back within the tick.
        setTimeout(() => {
          if (!has(resolveKey(getState(), key))) leave(key, observer.onUnmount?.())
        })
      }
    },
    hold(key) {
      holds.set(key, (holds.get(key) ?? 0) + 1)
      return () => {
        const left = (holds.get(key) ?? 0) - 1
        if (left > 0) holds.set(key, left)
        else holds.delete(key)
      }
    },
    has,
    schemaOf(key) {
      let schema: StandardSchema | undefined
      tell(key, (observer) => { schema ??= observer.schema?.() })
      return schema
    },
    tell,
    hear(key, event) {
      if (views.size > 0) heard.push({ key, event })
    },
    published(before, after) {
      const news = heard
      heard = []
      for (const { key, event } of news) {
        tell(key, (observer) => observer.onEvent?.(event))
        if (event.taskId !== undefined && event.taskId !== resolveKey(after, key)) {
          tell(event.taskId, (observer) => observer.onEvent?.(event))
        }
      }
      for (const { key, observer } of [...views]) {
        const task = selectTask(after, key)
        const known = selectTask(before, key)
        if (task === known || task === undefined) continue
        const { auth, error } = task
        const isAsked = auth?.type === 'login_required' || auth?.type === 'pending_eca_request'
        if (isAsked && auth !== known?.auth) report(() => observer.onAuthRequired?.(auth))
        if (error !== null && error !== known?.error) report(() => observer.onError?.(error))
      }
    },
  }
}
