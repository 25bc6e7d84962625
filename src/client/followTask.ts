import { WorkflowError } from '../errors.ts'
import type { TaskFact } from '../state/fact.ts'
import type { TaskId } from '../state/taskState.ts'
import { createPace } from './pace.ts'
import type { RecoverOptions } from './pace.ts'
import { isRefusal } from './taskReader.ts'
import type { TaskRecord } from './taskReader.ts'

/** What came of going back to a stream: it told something, it was there and told nothing, or it is there no more. */
export type Attached = 'told' | 'quiet' | 'gone'

export interface FollowContext {
  readonly taskId: TaskId
  readonly recover: RecoverOptions
  /**
   * The stream that tells the rest, as long as there is one to go back to. Resolves when it has ended; rejects when it
   * could not be opened.
   */
  readonly attach: (attempt: number) => Promise<Attached> | undefined
  readonly read: (attempt: number) => Promise<TaskRecord>
  readonly say: (fact: TaskFact) => void
  /** The task has ended, or nobody follows it any more. */
  readonly isOver: () => boolean
  readonly signal: AbortSignal
  /** Nothing is known of the task: the first try is made at once, and what it is refused with is the answer. */
  readonly isUnknown: boolean
}

/** Follows a task until it is over: by the stream that goes on where ours broke, else by reading it again and again. */
export async function followTask(context: FollowContext): Promise<void> {
  const { taskId, attach, read, say, isOver, isUnknown } = context
  const pace = createPace({ ...context, isImmediate: isUnknown })
  let known = ''

  for (await pace.wait(); !isOver(); await pace.wait()) {
    try {
      const attached = await attach(pace.attempt())
      if (attached === 'told' || attached === 'quiet') {
        pace.onDropped(attached === 'told')
        continue
      }
      const askedAt = Date.now()
      const record = await read(pace.attempt())
      const word = JSON.stringify(record)
      pace.onRead(word !== known, record.task.status === 'paused')
      known = word
      say({ kind: 'polled', at: Date.now(), askedAt, ...record })
    } catch (cause) {
      if (isOver()) return
      const error = cause instanceof WorkflowError ? cause : new WorkflowError('network', 'recover', 'The task could not be read', { cause })
      if (isUnknown && known === '' && isRefusal(error)) return say({ kind: 'lost', error })
      if (!pace.onFailed(error)) return say({ kind: 'lost', error: lostError(taskId, error) })
    }
  }
}

const lostError = (taskId: TaskId, cause: WorkflowError): WorkflowError =>
  new WorkflowError('connection_lost', 'recover', `The task cannot be followed any more; it may go on. ${cause.message}`, {
    taskId, status: cause.status, cause,
  })
