import { WorkflowError } from '../errors.ts'
import type { TaskFact } from '../state/fact.ts'
import type { TaskId } from '../state/taskState.ts'
import { createPace } from './pace.ts'
import { isOffline } from './pause.ts'
import type { RecoverOptions } from './recoverOptions.ts'
import { isRefusal } from './taskReader.ts'
import type { TaskRecord } from './taskReader.ts'

export interface FollowContext {
  readonly taskId: TaskId
  readonly recover: RecoverOptions
  /** Goes back to the stream that tells the rest until it ends: whether it told anything, `undefined` when there was none to be had. */
  readonly attach: (attempt: number) => Promise<boolean | undefined>
  readonly read: (attempt: number) => Promise<TaskRecord>
  readonly say: (fact: TaskFact) => void
  /** The task has ended, or nobody follows it any more. */
  readonly isOver: () => boolean
  readonly signal: AbortSignal
  /** The first try is made at once; else a stream has just been dropped. */
  readonly isImmediate: boolean
  /** Nothing is known of the task, so that what a try is refused with is the answer. */
  readonly isUnknown: () => boolean
}

/** Follows a task until it is over: by the stream that goes on where ours broke, else by reading it again and again. */
export async function followTask(context: FollowContext): Promise<void> {
  const { taskId, attach, read, say, isOver, isUnknown, isImmediate } = context
  const pace = createPace(context)
  const drop = (): void => { if (!isOver()) say({ kind: 'dropped', at: Date.now(), retryAt: pace.dueAt() }) }

  if (!isImmediate) drop()
  for (await pace.wait(); !isOver(); await pace.wait()) {
    try {
      const hasTold = await attach(pace.attempt())
      if (hasTold !== undefined) {
        pace.onDropped(hasTold)
        drop()
      }
      if (hasTold !== undefined || isOver() || isOffline()) continue
      const askedAt = Date.now()
      const record = await read(pace.attempt())
      pace.onRead(record)
      say({ kind: 'polled', at: Date.now(), askedAt, ...record })
    } catch (cause) {
      if (isOver()) return
      const error = cause instanceof WorkflowError ? cause : new WorkflowError('network', 'recover', 'The task could not be read', { cause })
      if (isUnknown() && isRefusal(error)) return say({ kind: 'lost', error })
      if (!pace.onFailed(error)) return say({ kind: 'lost', error: lostError(taskId, error) })
    }
  }
}

const lostError = (taskId: TaskId, cause: WorkflowError): WorkflowError =>
  new WorkflowError('connection_lost', 'recover', `The task cannot be followed any more; it may go on. ${cause.message}`, {
    taskId, status: cause.status, cause,
  })
