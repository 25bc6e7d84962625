import type { StopAnswer } from '../client/stopTask.ts'
import type { SubmitHandle } from '../client/workflowClient.ts'
import type { SettledTurn } from '../client/settledTurn.ts'
import type { WorkflowInput, WorkflowRequestFields } from '../protocol/request.ts'
import { EMPTY_TASK } from '../state/emptyState.ts'
import { isRunning, isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskState } from '../state/taskState.ts'

/** Body fields that one submit may set beside its input. */
export interface SubmitOverrides extends WorkflowRequestFields {
  /** Version to run. @defaultValue the hook's `version`, else the latest deployed one */
  readonly version?: string | number | undefined
}

/** What a component can do with the run that it shows. All of them keep their identity. */
export interface WorkflowActions<Output = unknown> {
  /**
   * Runs the workflow, or the next turn of the conversation when there is one.
   * @throws WorkflowError `invalid_options` when the request cannot be one
   */
  readonly submit: (input: string | WorkflowInput, overrides?: SubmitOverrides) => SubmitHandle<Output>
  /** Asks the service to stop the run, and says whether it confirmed. Never rejects. */
  readonly stop: () => Promise<StopAnswer>
  /** Stops listening; the run goes on. */
  readonly disconnect: () => void
  /** Follows the run again after it was lost or disconnected; a run that is followed stays as it is. Never rejects. */
  readonly reconnect: () => Promise<SettledTurn<Output>>
  /** Takes a submit out of `queue`, before it was sent. */
  readonly cancelQueued: (key: SubmitKey) => void
  /** Begins a new conversation: the view is empty, the run is left alone. */
  readonly reset: () => void
}

/** What a task says that a component has other words for, or none to show. */
const HIDDEN = [
  'key', 'input', 'rawStatus', 'nodes', 'nodeOrder', 'eventCount', 'malformedCount', 'notes',
  'workflowId', 'canvasId', 'createdAt', 'parentTaskId', 'parentNodeId', 'continuedFrom',
] as const
type Hidden = (typeof HIDDEN)[number]

const SHOWN = (Object.keys(EMPTY_TASK) as (keyof TaskState)[]).filter((name) => !HIDDEN.includes(name as Hidden))

/** Everything of a task that a component shows, and what it can do with it. A plain object, new when something in it changed. */
export interface WorkflowRun<Output = unknown>
  extends Omit<TaskState, Hidden | 'output'>, WorkflowActions<Output> {
  /** The result as the schema gives it; `undefined` without one or when it does not fit. */
  readonly output: Output | undefined
  /** Under way, whatever the connection is. */
  readonly isRunning: boolean
  /** The task has a terminal status. */
  readonly isSettled: boolean
}

/** Makes runs of one hook: the same object as long as nothing in it changed. */
export function createRunView(actions: WorkflowActions): (task: TaskState | undefined) => WorkflowRun {
  let lastRun: WorkflowRun | undefined
  return (task = EMPTY_TASK) => {
    if (lastRun && SHOWN.every((name) => Object.is(lastRun?.[name as keyof WorkflowRun], task[name]))) return lastRun
    const shown = Object.fromEntries(SHOWN.map((name) => [name, task[name]]))
    return (lastRun = { ...shown, ...actions, isRunning: isRunning(task.status), isSettled: isSettled(task.status) } as WorkflowRun)
  }
}
