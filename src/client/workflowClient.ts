import type { WorkflowEvent } from '../protocol/events.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import type { WorkflowRequest } from '../protocol/request.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import type { SubmitKey, TaskId } from '../state/taskState.ts'
import type { WorkflowStore } from '../store/workflowStore.ts'
import type { WorkflowObserver } from './observers.ts'
import type { SettledTurn } from './settledTurn.ts'
import type { StopAnswer } from './stopTask.ts'

/** One submit. */
export interface SubmitRequest<Output = unknown> extends WorkflowRequest {
  /** Checks the result, which then is `output`. Any Standard Schema: zod, valibot, arktype, ... Nothing of it is sent. */
  readonly schema?: StandardSchema<Output> | undefined
  /** What happens while an earlier turn of the task still runs. @defaultValue 'reject' */
  readonly whenBusy?: WhenBusy | undefined
}

/**
 * `reject`: the submit is refused and the run is not touched; `queue`: it waits in `queue`, in order, until the turn is
 * over; `replace`: the run is stopped, and once the service confirmed that, the submit is sent.
 */
export type WhenBusy = 'reject' | 'queue' | 'replace'

export interface SubmitHandle<Output = unknown> {
  /** Stands for the task until the service names it, and after. */
  readonly key: SubmitKey
  /** Always resolves: when the turn settled, or when we stopped following it. */
  readonly settled: Promise<SettledTurn<Output>>
}

export interface ReconnectOptions<Output = unknown> {
  /** Checks the result, as that of a submit does. */
  readonly schema?: StandardSchema<Output> | undefined
}

/** Runs workflows and keeps the store up to date. No React in it. */
export interface WorkflowClient {
  readonly store: WorkflowStore
  /**
   * Runs a workflow, or the next turn of a task. Sends one POST and never a second.
   * @throws WorkflowError `invalid_options` when the request cannot be one
   */
  readonly submit: <Output = unknown>(request: SubmitRequest<Output>) => SubmitHandle<Output>
  /** Asks the service to stop the run; `confirmed` only when it answered that the task is stopped. Never rejects. */
  readonly stop: (idOrKey: TaskId | SubmitKey) => Promise<StopAnswer>
  /** Stops listening. The run goes on. */
  readonly disconnect: (idOrKey: TaskId | SubmitKey) => void
  /**
   * Follows a task that is not followed: after it was lost or disconnected, or by an id from elsewhere. Resolves when
   * its turn has settled or it is given up, and never rejects; a task that the service does not have: `not_found`.
   */
  readonly reconnect: <Output = unknown>(idOrKey: TaskId | SubmitKey, options?: ReconnectOptions<Output>) => Promise<SettledTurn<Output>>
  /** Takes a submit out of the queue, before it was sent: it settles as `refused` with `cancelled`. */
  readonly cancelQueued: (key: SubmitKey) => void
  /** The workflow's canvas, read once. @throws WorkflowError as `GET /v1/workflows/{id}/nodes` answers */
  readonly getGraph: (workflowId: string) => Promise<WorkflowGraph>
  /** The messages of all turns. @throws WorkflowError as `GET /v1/tasks/{id}/thread` answers */
  readonly getThread: (taskId: TaskId) => Promise<readonly ThreadMessage[]>
  /** The last raw events of a task's stream, oldest first; those of its child runs are among them. */
  readonly getEvents: (idOrKey: TaskId | SubmitKey) => readonly WorkflowEvent[]
  /** Calls the observer with what happens to a task, until the answered function is called. */
  readonly observe: (idOrKey: TaskId | SubmitKey, observer: WorkflowObserver) => () => void
  /** Keeps a task in the store, whatever `maxTasks` says, until the answered function is called. */
  readonly retain: (idOrKey: TaskId | SubmitKey) => () => void
  /** Says what a conversation shows; hooks with that `id` follow. */
  readonly show: (conversation: string, idOrKey: TaskId | SubmitKey | undefined) => void
  /** Closes every line and leaves no timer or listener. Runs go on. */
  readonly destroy: () => void
}
