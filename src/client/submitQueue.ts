import { WorkflowError } from '../errors.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { Fact } from '../state/fact.ts'
import { isRunning } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import { refusedTurn } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'
import type { StopAnswer } from './stopTask.ts'

/** Submits that wait until a turn under way is over. */
export interface SubmitQueue {
  /** Waits in line; with `isNext` it takes the place of all that wait, and the turn under way is stopped. */
  readonly add: (submit: WaitingSubmit, isNext: boolean) => Promise<SettledTurn>
  readonly cancel: (key: SubmitKey) => void
  /** Begins what has its turn. */
  readonly proceed: () => void
  /** Cancels all. */
  readonly clear: () => void
}

export interface WaitingSubmit {
  readonly key: SubmitKey
  /** The task, or the submit that it comes after. */
  readonly behind: TaskId | SubmitKey
  readonly input: WorkflowInput
  /** Sends it. */
  readonly begin: () => Promise<SettledTurn>
}

export interface SubmitQueueContext {
  readonly task: (idOrKey: TaskId | SubmitKey) => TaskState | undefined
  readonly idOf: (idOrKey: TaskId | SubmitKey) => TaskId | SubmitKey
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly stop: (idOrKey: TaskId | SubmitKey) => Promise<StopAnswer>
}

interface Waiting extends WaitingSubmit {
  readonly settle: (turn: SettledTurn | Promise<SettledTurn>) => void
}

export function createSubmitQueue({ task, idOf, push, stop }: SubmitQueueContext): SubmitQueue {
  const queue = new Map<SubmitKey, Waiting>()
  let isProceeding = false

  /** Takes it out of the line; `undefined` when it is not in it. */
  const take = (key: SubmitKey, isUrgent: boolean): Waiting | undefined => {
    const waiting = queue.get(key)
    queue.delete(key)
    if (waiting) push({ kind: 'unqueued', key: waiting.behind, submit: key }, isUrgent)
    return waiting
  }
  const refuse = (key: SubmitKey, error: WorkflowError): void => { take(key, true)?.settle(refusedTurn(error)) }
  const cancel = (key: SubmitKey): void => {
    refuse(key, new WorkflowError('cancelled', 'submit', 'The submit was cancelled while it waited; nothing was sent'))
  }

  const isReady = ({ behind }: Waiting): boolean => {
    const before = task(behind)
    return before !== undefined && !isBusy(before)
  }

  /** Sends it, unless its request was changed since into one that cannot be sent. */
  const begin = async (waiting: Waiting): Promise<SettledTurn> => {
    try {
      return await waiting.begin()
    } catch (error) {
      return refusedTurn(error as WorkflowError)
    }
  }

  const stopFor = async ({ key, behind }: WaitingSubmit): Promise<void> => {
    const { error } = await stop(behind)
    if (!error || !queue.has(key)) return
    refuse(key, error)
  }

  return {
    add(submit, isNext) {
      const { key, behind, input } = submit
      if (isNext) for (const other of [...queue.values()]) if (idOf(other.behind) === idOf(behind)) cancel(other.key)
      return new Promise((settle) => {
        queue.set(key, { ...submit, settle })
        push({ kind: 'queued', key: behind, submit: { key, input } }, true)
        if (isNext) void stopFor(submit)
      })
    },
    cancel,
    proceed() {
      // To take one out may publish, before it has begun.
      if (isProceeding) return
      isProceeding = true
      try {
        for (;;) {
          // To begin one makes its task run again, so the next of the same task waits.
          const ready = [...queue.values()].find(isReady)
          if (!ready) break
          take(ready.key, false)
          ready.settle(begin(ready))
        }
      } finally {
        isProceeding = false
      }
    },
    clear() { for (const key of [...queue.keys()]) cancel(key) },
  }
}

/** A turn runs that will end, as far as we know: of one that was let go of before it was named we never hear again. */
export const isBusy = ({ status, taskId, connection }: TaskState): boolean =>
  isRunning(status) && (taskId !== undefined || connection !== 'closed')
