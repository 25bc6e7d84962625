import { useEffect, useInsertionEffect, useState } from 'react'
import type { WhenBusy, WorkflowClient } from '../client/workflowClient.ts'
import type { WorkflowObserver } from '../client/observers.ts'
import { settledTurn } from '../client/settledTurn.ts'
import type { SettledTurn } from '../client/settledTurn.ts'
import { WorkflowError } from '../errors.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import { selectTask } from '../state/selectors.ts'
import { own } from '../state/own.ts'
import type { TaskId, WorkflowStoreState } from '../state/taskState.ts'
import { storeOf, useWorkflowClient } from './clientContext.ts'
import { useSelection } from './useSelection.ts'
import { createRunView } from './workflowRun.ts'
import type { SubmitOverrides, WorkflowActions, WorkflowRun } from './workflowRun.ts'

/** Options are read when they are needed, so inline objects and functions are fine. */
export interface UseWorkflowStreamOptions<Output = unknown>
  extends Pick<WorkflowObserver, 'onEvent' | 'onError' | 'onAuthRequired'> {
  readonly workflowId: string
  /** Version to run. @defaultValue the latest deployed one */
  readonly version?: string | number | undefined
  /** The task to show and to continue; wins over `id`. Changing it switches the view and touches no run. */
  readonly taskId?: TaskId | undefined
  /** Told a new task's id once, and `undefined` when `reset` wants a controlled `taskId` gone. */
  readonly onTaskId?: ((taskId: TaskId | undefined) => void) | undefined
  /** Hooks with the same id share one conversation, and find it again after a remount. */
  readonly id?: string | undefined
  /** @defaultValue the provider's, else the page's own */
  readonly client?: WorkflowClient | undefined
  /** Body fields of every submit, and defaults of its input (`user`, `files`). */
  readonly request?: (SubmitOverrides & { readonly input?: WorkflowInput | undefined }) | undefined
  /** Checks the result and types `output`. Any Standard Schema. */
  readonly schema?: StandardSchema<Output> | undefined
  /** What a submit does while a turn runs. @defaultValue 'reject' */
  readonly whenBusy?: WhenBusy | undefined
  /** Whether a `taskId` that the store does not have is read, and followed while it runs. @defaultValue true */
  readonly follow?: boolean | undefined
  /** What becomes of the run when its last view has been gone for a tick. @defaultValue it goes on */
  readonly onUnmount?: 'disconnect' | 'stop' | undefined
  /** Once a turn, on a terminal status only. */
  readonly onSettled?: ((turn: SettledTurn<Output>) => void) | undefined
}

/** What the actions read when they are called. */
interface Latest {
  readonly options: UseWorkflowStreamOptions
  readonly client: WorkflowClient | undefined
  readonly conversation: string
}

/**
 * Runs a workflow and shows it happening.
 * @param select narrows what is answered, compared shallowly: the component renders again only when that changed
 * @example
 * const run = useWorkflowStream({ workflowId: 'your-workflow-id' })
 * return <button onClick={() => run.submit('Hi')}>{run.status}: {run.text}</button>
 */
export function useWorkflowStream<Output = unknown>(options: UseWorkflowStreamOptions<Output>): WorkflowRun<Output>
export function useWorkflowStream<Selected, Output = unknown>(
  options: UseWorkflowStreamOptions<Output>,
  select: (run: WorkflowRun<Output>) => Selected,
): Selected
export function useWorkflowStream(options: UseWorkflowStreamOptions, select?: (run: WorkflowRun) => unknown): unknown {
  const provided = useWorkflowClient()
  const client = options.client ?? provided
  const [ownConversation] = useState(newConversation)
  const conversation = options.id ?? ownConversation
  const [{ view, update, follow, refresh }] = useState(() => createHook({ options, client, conversation }))
  useInsertionEffect(() => { update({ options, client, conversation }) })

  const answer = useSelection(storeOf(client), (state) => {
    const run = view(selectTask(state, shownKey(state, options, conversation)))
    return select ? select(run) : run
  })
  useEffect(() => client && follow(client), [client, follow])
  useEffect(refresh, [refresh, conversation, options.taskId])
  return answer
}

const namedId = ({ store }: WorkflowClient, { conversation }: Latest): TaskId | undefined =>
  selectTask(store.getState(), own(store.getState().conversations, conversation))?.taskId

interface Hook {
  readonly view: ReturnType<typeof createRunView>
  /** Takes over what was committed. */
  readonly update: (next: Latest) => void
  /** Keeps the callbacks on the task that is shown, and tells of a new task's id; renders nothing. */
  readonly follow: (client: WorkflowClient) => () => void
  /** Looks again which task is shown. */
  readonly refresh: () => void
}

/** What one mounted hook keeps: its actions and callbacks read the options of the last commit. */
function createHook(current: Latest): Hook {
  const latest = (): Latest => current
  let refresh = (): void => undefined
  // What was known when the view came is no news; what was named while it was hidden is.
  let named: { readonly id: TaskId | undefined } | undefined
  return {
    view: createRunView(createActions(latest)),
    update(next) { current = next },
    refresh: () => { refresh() },
    follow(client) {
      let isGone = false
      let key: string | undefined
      let leave: (() => void) | undefined
      // Only a view that is gone asks for something to be done to its run, not one that looks elsewhere.
      const observer: WorkflowObserver = { ...observerOf(latest), onUnmount: () => (isGone ? current.options.onUnmount : undefined) }
      refresh = () => {
        const { options, conversation } = current
        const shown = shownKey(client.store.getState(), options, conversation)
        if (shown !== key) {
          leave?.()
          key = shown
          leave = shown === undefined ? undefined : client.observe(shown, observer)
        }
        const { taskId } = options
        if (taskId !== undefined && options.follow !== false && !selectTask(client.store.getState(), taskId)) {
          void client.reconnect(taskId, { schema: options.schema })
        }
        const id = namedId(client, current)
        const isNews = named !== undefined && id !== named.id
        named = { id }
        if (isNews && id !== undefined && id !== options.taskId) options.onTaskId?.(id)
      }
      refresh()
      const unsubscribe = client.store.subscribe(() => { refresh() })
      return () => {
        unsubscribe()
        refresh = () => undefined
        isGone = true
        leave?.()
      }
    },
  }
}

function createActions(latest: () => Latest): WorkflowActions {
  const target = (): { client: WorkflowClient; key: string | undefined } & Latest => {
    const { options, client, conversation } = latest()
    if (client === undefined) {
      throw new WorkflowError(
        'invalid_options', 'submit',
        'There is no client here: wrap the tree in <WorkflowProvider client={createWorkflowClient(...)}>, or act in the browser',
      )
    }
    return { options, client, conversation, key: shownKey(client.store.getState(), options, conversation) }
  }
  return {
    submit(input, overrides) {
      const { options, client, conversation, key } = target()
      const { input: defaults, ...fields } = options.request ?? {}
      const { workflowId, version, schema, whenBusy } = options
      const given = typeof input === 'string' ? { text: input } : input
      const handle = client.submit({
        version, ...fields, ...overrides, workflowId, schema, whenBusy, taskId: key,
        input: defaults && typeof given === 'object' ? { ...defaults, ...given } : input,
      })
      // A refused one leaves the view on what is running.
      if (selectTask(client.store.getState(), handle.key)) client.show(conversation, handle.key)
      return handle
    },
    stop() {
      const { client, key } = target()
      return key === undefined ? Promise.resolve({ server: 'unconfirmed' }) : client.stop(key)
    },
    disconnect() {
      const { client, key } = target()
      if (key !== undefined) client.disconnect(key)
    },
    reconnect() {
      const { client, options, key } = target()
      return key === undefined ? Promise.resolve(settledTurn(undefined, '', false)) : client.reconnect(key, { schema: options.schema })
    },
    cancelQueued(key) { target().client.cancelQueued(key) },
    reset() {
      const { client, options, conversation } = target()
      client.show(conversation, undefined)
      if (options.taskId !== undefined) options.onTaskId?.(undefined)
    },
  }
}

function observerOf(latest: () => Latest): WorkflowObserver {
  return {
    onEvent: (event) => latest().options.onEvent?.(event),
    onSettled: (turn) => latest().options.onSettled?.(turn),
    onError: (error) => latest().options.onError?.(error),
    onAuthRequired: (auth) => latest().options.onAuthRequired?.(auth),
  }
}

function shownKey(state: WorkflowStoreState, options: UseWorkflowStreamOptions, conversation: string): string | undefined {
  if (options.taskId !== undefined) return options.taskId
  const key = own(state.conversations, conversation)
  const task = selectTask(state, key)
  // A conversation with one workflow is none with another.
  return task && task.workflowId !== options.workflowId ? undefined : key
}

const newConversation = (): string => `view-${Math.random().toString(36).slice(2)}`
