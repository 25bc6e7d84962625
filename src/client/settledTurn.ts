import type { WorkflowError } from '../errors.ts'
import type { StandardIssue } from '../protocol/standardSchema.ts'
import { isSettled } from '../state/runStatus.ts'
import type { RunStatus, SubmitKey, TaskId, TaskState, TimelineNode, Turn } from '../state/taskState.ts'

/** How a submit came out, or how far it was when we stopped following it. */
export interface SettledTurn<Output = unknown> {
  readonly taskId: TaskId | undefined
  readonly status: RunStatus
  readonly result: string | null
  readonly output: Output | undefined
  readonly outputIssues: readonly StandardIssue[] | null
  readonly text: string
  readonly timeline: readonly TimelineNode[]
  readonly error: WorkflowError | null
  /** `finished` and `stopped`: the run is over. `disconnected` and `lost`: it may be under way. `refused`: it did not begin. */
  readonly cause: 'finished' | 'stopped' | 'disconnected' | 'refused' | 'lost'
}

/** The turn of a submit; with the id of a task, the one that was begun last. */
export const turnOf = (task: TaskState | undefined, key: SubmitKey | TaskId): Turn | undefined =>
  task && (task.turns.find((turn) => turn.key === key) ?? (task.taskId === key ? task.turns.at(-1) : undefined))

/** Reads the answer to one submit off the state of its task. */
export function settledTurn(task: TaskState | undefined, key: SubmitKey, isLetGo: boolean): SettledTurn {
  const turn = turnOf(task, key)
  const { status = 'idle', result = null, output, outputIssues = null, text = '', timeline = [], error = task?.error ?? null } = turn ?? {}
  return {
    taskId: task?.taskId, status, result, output, outputIssues, text, timeline, error,
    cause: isLetGo ? 'disconnected' : causeOf(status, error),
  }
}

/** What a submit answers that was not even tried. */
export const refusedTurn = (error: WorkflowError): SettledTurn => ({
  taskId: error.taskId, status: 'error', result: null, output: undefined, outputIssues: null, text: '', timeline: [],
  error, cause: 'refused',
})

function causeOf(status: RunStatus, error: WorkflowError | null): SettledTurn['cause'] {
  if (error?.phase === 'submit') return error.mayHaveStarted ? 'lost' : 'refused'
  if (!isSettled(status)) return 'lost'
  return status === 'stopped' ? 'stopped' : 'finished'
}
