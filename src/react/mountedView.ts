import type { WorkflowObserver } from '../client/observers.ts'
import type { WorkflowClient } from '../client/workflowClient.ts'
import { own } from '../state/own.ts'
import { selectTask } from '../state/selectors.ts'
import type { TaskId } from '../state/taskState.ts'
import { shownKey } from './options.ts'
import type { Rendered } from './options.ts'

/** What one hook does while it is mounted, beside being rendered. */
export interface MountedView {
  /** Keeps the callbacks on the task that is shown, and tells of a new task's id; renders nothing. */
  readonly follow: (client: WorkflowClient) => () => void
  /** Looks again which task is shown. */
  readonly refresh: () => void
}

export function createMountedView(latest: () => Rendered): MountedView {
  let look = (): void => undefined
  // What was known when the view came is no news; what was named while it was hidden is.
  let named: { readonly id: TaskId | undefined } | undefined
  return {
    refresh: () => { look() },
    follow({ store, observe, reconnect }) {
      let isGone = false
      let key: string | undefined
      let leave: (() => void) | undefined
      // Only a view that is gone asks for something to be done to its run, not one that looks elsewhere.
      const observer: WorkflowObserver = { ...observerOf(latest), onUnmount: () => (isGone ? latest().options.onUnmount : undefined) }
      look = () => {
        const { options, conversation } = latest()
        const { taskId } = options
        const shown = shownKey(store.getState(), latest())
        // What is kept from before may come later than the view.
        const known = selectTask(store.getState(), shown) && shown
        if (known !== key) {
          leave?.()
          key = known
          leave = known === undefined ? undefined : observe(known, observer)
        }
        if (taskId && options.follow !== false && !known) void reconnect(taskId)
        const id = selectTask(store.getState(), own(store.getState().conversations, conversation))?.taskId
        const isNews = named && id !== named.id && id !== taskId
        named = { id }
        if (isNews && id !== undefined) options.onTaskId?.(id)
      }
      look()
      const unsubscribe = store.subscribe(() => { look() })
      return () => {
        unsubscribe()
        look = () => undefined
        isGone = true
        leave?.()
      }
    },
  }
}

function observerOf(latest: () => Rendered): WorkflowObserver {
  return {
    schema: () => latest().options.schema,
    onEvent: (event) => latest().options.onEvent?.(event),
    onSettled: (turn) => latest().options.onSettled?.(turn),
    onError: (error) => latest().options.onError?.(error),
    onAuthRequired: (auth) => latest().options.onAuthRequired?.(auth),
  }
}
