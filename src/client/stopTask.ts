import { WorkflowError } from '../errors.ts'
import { pathPart } from '../protocol/request.ts'
import { decodeTask } from '../protocol/task.ts'
import type { TaskSnapshot } from '../protocol/task.ts'
import type { Fact } from '../state/fact.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState, Turn } from '../state/taskState.ts'
import type { Line } from './line.ts'
import type { TaskRecord } from './taskReader.ts'

/** What came of asking the service to stop. */
export interface StopAnswer {
  /** `confirmed` when the service answered that the task is stopped, or nothing of it had been sent. */
  readonly server: 'confirmed' | 'unconfirmed'
  readonly error?: WorkflowError
}

export interface StopContext {
  readonly task: (idOrKey: TaskId | SubmitKey) => TaskState | undefined
  readonly line: (idOrKey: TaskId | SubmitKey) => Line | undefined
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly ask: (taskId: TaskId) => Promise<unknown>
  readonly read: (taskId: TaskId) => Promise<TaskRecord>
  readonly onError: (idOrKey: TaskId | SubmitKey, error: WorkflowError) => void
  /** Takes back a submit that waits for its turn; false when there is no such. */
  readonly cancel: (key: SubmitKey) => boolean
  /** Goes on reading a task that nobody follows. */
  readonly follow: (taskId: TaskId) => unknown
}

/** Makes `stop`: asks once, however often it is called meanwhile, and waits for the task's id when there is none yet. */
export function createStop(context: StopContext): (idOrKey: TaskId | SubmitKey) => Promise<StopAnswer> {
  const asking = new Map<string, Promise<StopAnswer>>()

  const stop = async (idOrKey: TaskId | SubmitKey): Promise<StopAnswer> => {
    const task = context.task(idOrKey)
    const line = context.line(idOrKey)
    const key = task?.turns.at(-1)?.key
    /** What is to be stopped, as it is now: the task may go on to the next turn while we ask. */
    const turnNow = (): Turn | undefined => context.task(idOrKey)?.turns.findLast((turn) => turn.key === (key ?? turn.key))
    if (line && !line.isSent()) {
      context.push({ kind: 'stopAnswered', key: idOrKey, at: Date.now(), task: decodeTask({ id: idOrKey, status: 'stopped' }) }, true)
      return { server: 'confirmed' }
    }
    context.push({ kind: 'stopRequested', key: idOrKey }, true)
    try {
      const taskId = task === undefined ? idOrKey : await (line && !task.notes.isNamed ? line.named : task.taskId)
      if (taskId === undefined) throw new WorkflowError('unknown_start', 'stop', 'The service never said which task it is')
      const named = turnNow()
      // Refused meanwhile, or over: the service would stop what it does instead.
      if (hasEnded(named) && named?.error?.phase === 'submit') throw named.error
      const answer = decodeTask(await context.ask(taskId))
      if (answer?.id !== taskId) throw new WorkflowError('http_error', 'stop', 'The answer is not of this task', { taskId })
      const askedAt = Date.now()
      // An unseen task gets all of its turns.
      const record = context.task(idOrKey)?.turns.length === 0 || needsReading(answer, turnNow()) ? await context.read(taskId) : undefined
      if (!hasEnded(turnNow())) {
        const at = Date.now()
        context.push(record ? { kind: 'polled', key: idOrKey, at, askedAt, ...record } : { kind: 'stopAnswered', key: idOrKey, at, task: answer }, true)
      }
      // A record of the turn before says nothing of this one, so what the store made of it counts.
      const turn = turnNow()
      if (!hasEnded(turn) && !context.line(idOrKey)) {
        // Somebody has to hear that it is stopped in the end.
        context.follow(taskId)
        context.push({ kind: 'stopRequested', key: idOrKey }, true)
      }
      return over(turn ?? answer)
    } catch (cause) {
      // The stream may have told of the end while we asked.
      const turn = turnNow()
      if (hasEnded(turn) && turn?.error === null) return over(turn)
      const error = new WorkflowError('stop_failed', 'stop', 'The service did not stop the run; it may go on', {
        taskId: context.task(idOrKey)?.taskId, cause,
      })
      context.push({ kind: 'stopFailed', key: idOrKey, error }, true)
      context.onError(idOrKey, error)
      return { server: 'unconfirmed', error }
    }
  }

  return (idOrKey) => {
    try {
      pathPart(idOrKey)
    } catch (error) {
      return Promise.resolve({ server: 'unconfirmed', error: error as WorkflowError })
    }
    if (context.cancel(idOrKey)) return Promise.resolve({ server: 'confirmed' })
    const task = context.task(idOrKey)
    if (task !== undefined && isSettled(task.status)) return Promise.resolve(over(task))
    const name = task?.turns.at(-1)?.key ?? idOrKey
    const answer = asking.get(name) ?? stop(idOrKey).finally(() => asking.delete(name))
    asking.set(name, answer)
    return answer
  }
}

const hasEnded = (turn: Turn | undefined): boolean => turn !== undefined && isSettled(turn.status)

/** The answer does not say all. */
function needsReading({ status = 'executing', result, inputText }: TaskSnapshot, turn: Turn | undefined): boolean {
  if (!isSettled(status) || hasEnded(turn)) return false
  // The task has gone on, or not yet begun; or its run had ended by itself, with last words that are in the thread only.
  const isOther = inputText !== undefined && turn?.input?.text !== undefined && inputText !== turn.input.text
  return isOther || (status !== 'stopped' && !result)
}

const over = ({ status }: { readonly status: string | undefined }): StopAnswer => ({ server: status === 'stopped' ? 'confirmed' : 'unconfirmed' })
