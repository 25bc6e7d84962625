import { WorkflowError } from '../errors.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { Fact } from '../state/fact.ts'
import { isRunning } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import { refusedTurn } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'
import type { StopAnswer } from './stopTask.ts'
import type { WhenBusy } from './workflowClient.ts'

/** Submits that wait until a turn under way is over. */
export interface SubmitQueue {
  /** Does what its `whenBusy` says, behind a task that is busy. */
  readonly add: (submit: WaitingSubmit) => Promise<SettledTurn>
  /** Whether it waited. */
  readonly cancel: (key: SubmitKey) => boolean
  /** What becomes of one that waits. */
  readonly settled: (key: SubmitKey) => Promise<SettledTurn> | undefined
  /** Begins what has its turn. */
  readonly proceed: () => void
  /** Cancels all, or all that wait behind one task. */
  readonly clear: (behind?: TaskId | SubmitKey) => void
}

export interface WaitingSubmit {
  readonly key: SubmitKey
  /** The task, or the submit that it comes after. */
  readonly behind: TaskId | SubmitKey
  readonly input: WorkflowInput
  readonly whenBusy: WhenBusy
  /** Sends it. */
  readonly begin: (behind: TaskId | SubmitKey) => Promise<SettledTurn>
}

export interface SubmitQueueContext {
  readonly task: (idOrKey: TaskId | SubmitKey) => TaskState | undefined
  readonly idOf: (idOrKey: TaskId | SubmitKey) => TaskId | SubmitKey
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly stop: (idOrKey: TaskId | SubmitKey) => Promise<StopAnswer>
  readonly onError: (idOrKey: TaskId | SubmitKey, error: WorkflowError) => void
}

interface Waiting extends WaitingSubmit {
  behind: TaskId | SubmitKey
  isStopping: boolean
  readonly settled: Promise<SettledTurn>
  readonly settle: (turn: SettledTurn | Promise<SettledTurn>) => void
}

export function createSubmitQueue({ task, idOf, push, stop, onError }: SubmitQueueContext): SubmitQueue {
  const queue = new Map<SubmitKey, Waiting>()
  let isProceeding = false

  /** Takes it out of the line; `undefined` when it is not in it. */
  const take = (key: SubmitKey, isUrgent: boolean): Waiting | undefined => {
    const waiting = queue.get(key)
    queue.delete(key)
    if (waiting) push({ kind: 'unqueued', key: waiting.behind, submit: key }, isUrgent)
    return waiting
  }
  const refuse = (key: SubmitKey, error: WorkflowError): boolean => {
    const waiting = take(key, true)
    waiting?.settle(refusedTurn(error))
    return waiting !== undefined
  }
  const cancel: SubmitQueue['cancel'] = (key) =>
    refuse(key, new WorkflowError('cancelled', 'submit', 'The submit was cancelled while it waited; nothing was sent'))
  const clear: SubmitQueue['clear'] = (behind) => {
    for (const other of [...queue.values()]) if (behind === undefined || idOf(other.behind) === idOf(behind)) cancel(other.key)
  }
  const tell = (behind: TaskId | SubmitKey, error: WorkflowError): WorkflowError => {
    onError(behind, error)
    return error
  }
  const busy = (behind: TaskId | SubmitKey): WorkflowError =>
    tell(behind, new WorkflowError('busy', 'submit', 'A turn of this task still runs: stop it, wait for it, or submit with whenBusy', { taskId: task(behind)?.taskId }))

  const stopFor = async ({ key, behind }: WaitingSubmit): Promise<void> => {
    const { error } = await stop(behind)
    if (error) refuse(key, error)
  }

  /** Sends it, unless its request was changed since into one that cannot be sent. */
  const begin = async ({ begin: send, behind }: Waiting): Promise<SettledTurn> => {
    try {
      return await send(behind)
    } catch (error) {
      return refusedTurn(error as WorkflowError)
    }
  }

  /** Does what can be done now with one that waits; false: it waits on. */
  const move = (waiting: Waiting): boolean => {
    const { key, behind, whenBusy, isStopping, settle } = waiting
    const before = task(behind)
    if (before && isBusy(before)) {
      if (isUnread(before)) return false
      if (whenBusy === 'reject') {
        refuse(key, busy(behind))
        return true
      }
      if (whenBusy === 'queue' || isStopping) return false
      waiting.isStopping = true
      void stopFor(waiting)
      return true
    }
    if (!before || mayRun(before)) {
      const message = 'Nobody knows whether the turn before it runs, so it was not sent by itself: submit it again'
      refuse(key, tell(behind, new WorkflowError('cancelled', 'submit', message, { cause: before?.error })))
      return true
    }
    take(key, false)
    settle(begin(waiting))
    // The service may give its task another id, so what comes next waits behind this one.
    if (task(key)) for (const other of queue.values()) if (idOf(other.behind) === idOf(behind)) other.behind = key
    return true
  }

  const proceed = (): void => {
    // To take one out may publish, before it has begun.
    if (isProceeding) return
    isProceeding = true
    try {
      // To begin one makes its task run again, so the next of the same task waits.
      while ([...queue.values()].some(move));
    } finally {
      isProceeding = false
    }
  }

  return {
    add(submit) {
      const { key, input, whenBusy } = submit
      const before = task(submit.behind)
      if (whenBusy === 'reject' && before && (before.queue.length > 0 || !isUnread(before))) return Promise.resolve(refusedTurn(busy(submit.behind)))
      const last = before?.turns.at(-1)?.key ?? ''
      const behind = idOf(last) === idOf(submit.behind) ? last : submit.behind
      if (whenBusy === 'replace') clear(behind)
      let settle: Waiting['settle'] = () => undefined
      const settled = new Promise<SettledTurn>((resolve) => { settle = resolve })
      queue.set(key, { ...submit, behind, isStopping: false, settled, settle })
      push({ kind: 'queued', key: behind, submit: { key, input } }, true)
      return settled
    },
    cancel,
    settled: (key) => queue.get(key)?.settled,
    proceed,
    clear,
  }
}

/** A turn runs that will end, as far as we know: of one that was let go of before it was named we never hear again. */
export const isBusy = ({ status, taskId, connection }: TaskState): boolean =>
  status === 'idle' ? connection !== 'closed' : isRunning(status) && (taskId !== undefined || (connection !== 'closed' && connection !== 'lost'))

/** A task that is followed by its id, of which nothing was read yet. */
const isUnread = ({ status, connection }: TaskState): boolean => status === 'idle' && connection !== 'lost'

/** Not busy, and yet nobody knows whether its last turn runs. */
const mayRun = ({ status, error, turns }: TaskState): boolean => isRunning(status) || (error?.mayHaveStarted ?? turns.length === 0)
