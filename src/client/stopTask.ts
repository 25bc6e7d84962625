import { WorkflowError } from '../errors.ts'
import { decodeTask } from '../protocol/task.ts'
import type { Fact } from '../state/fact.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import type { Line } from './line.ts'

/** What came of asking the service to stop. */
export interface StopAnswer {
  /** `confirmed` when the service answered that the task is stopped. */
  readonly server: 'confirmed' | 'unconfirmed'
  readonly error?: WorkflowError
}

export interface StopContext {
  readonly task: (idOrKey: TaskId | SubmitKey) => TaskState | undefined
  readonly line: (idOrKey: TaskId | SubmitKey) => Line | undefined
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly ask: (taskId: TaskId) => Promise<unknown>
  readonly onError: (idOrKey: TaskId | SubmitKey, error: WorkflowError) => void
}

/** Makes `stop`: asks once, however often it is called meanwhile, and waits for the task's id when there is none yet. */
export function createStop(context: StopContext): (idOrKey: TaskId | SubmitKey) => Promise<StopAnswer> {
  const asking = new Map<string, Promise<StopAnswer>>()

  const stop = async (idOrKey: TaskId | SubmitKey): Promise<StopAnswer> => {
    const task = context.task(idOrKey)
    const line = context.line(idOrKey)
    context.push({ kind: 'stopRequested', key: idOrKey }, true)
    try {
      const taskId = task === undefined ? idOrKey : await (line && !task.notes.isNamed ? line.named : task.taskId)
      if (taskId === undefined) throw new WorkflowError('unknown_start', 'stop', 'The service never said which task it is')
      const answer = decodeTask(await context.ask(taskId))
      if (answer?.id !== taskId) throw new WorkflowError('http_error', 'stop', 'The answer is not of this task', { taskId })
      context.push({ kind: 'stopAnswered', key: idOrKey, at: Date.now(), task: answer }, true)
      // A record of the turn before says nothing of this one, so what the store made of it counts.
      const status = context.task(idOrKey)?.status ?? answer.status
      if (status !== undefined && isSettled(status)) line?.close(false)
      return { server: status === 'stopped' ? 'confirmed' : 'unconfirmed' }
    } catch (cause) {
      // The stream may have told of the end while we asked.
      const task = context.task(idOrKey)
      if (task && isSettled(task.status) && task.error === null) return over(task)
      const error = new WorkflowError('stop_failed', 'stop', 'The service did not stop the run; it may go on', {
        taskId: task?.taskId, cause,
      })
      context.push({ kind: 'stopFailed', key: idOrKey, error }, true)
      context.onError(idOrKey, error)
      return { server: 'unconfirmed', error }
    }
  }

  return (idOrKey) => {
    const task = context.task(idOrKey)
    if (task !== undefined && (task.status === 'idle' || isSettled(task.status))) return Promise.resolve(over(task))
    const name = task?.turns.at(-1)?.key ?? idOrKey
    const answer = asking.get(name) ?? stop(idOrKey).finally(() => asking.delete(name))
    asking.set(name, answer)
    return answer
  }
}

const over = (task: TaskState | undefined): StopAnswer => ({ server: task?.status === 'stopped' ? 'confirmed' : 'unconfirmed' })
