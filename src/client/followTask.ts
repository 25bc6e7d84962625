import { WorkflowError } from '../errors.ts'
import type { TaskSnapshot } from '../protocol/task.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import type { TaskFact } from '../state/fact.ts'
import type { TaskId } from '../state/taskState.ts'
import { isHidden, isOffline, pause } from './pause.ts'

/** How a task is followed that no stream tells of. Delays are in milliseconds. */
export interface RecoverOptions {
  /** Before the first try after a drop, and after each read that brought something new while the page is shown. @defaultValue 1000 */
  readonly firstDelayMs?: number | undefined
  /** Each delay is so many times the one before. @defaultValue 1.6 */
  readonly growth?: number | undefined
  /** The longest that delays grow to, unless there is reason for `idleDelayMs`. @defaultValue 5000 */
  readonly maxDelayMs?: number | undefined
  /** The part of a delay that chance may add or take. @defaultValue 0.2 */
  readonly jitter?: number | undefined
  /** Where delays grow to when a minute of reads brought nothing new, the run is paused, or the page is hidden. @defaultValue 60000 */
  readonly idleDelayMs?: number | undefined
  /**
   * So many tries in a row that fail end it. Without a network none is made or counted; a 429 is none either, it is
   * waited for as long as it says, else `idleDelayMs`.
   * @defaultValue 10
   */
  readonly giveUpAfter?: number | undefined
  /** So long without a byte of the stream, and the task is read beside it; the stream is kept. @defaultValue never */
  readonly stallAfterMs?: number | undefined
}

/** What was read of a task. */
export interface TaskRecord {
  readonly task: TaskSnapshot
  readonly messages: readonly ThreadMessage[]
}

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

/** Tries, where the app does not say how many. */
export const GIVE_UP_AFTER = 10
/** Reads that bring nothing new for so long need not be so many. */
const QUIET_MS = 60_000
/** What a delay grows from that is none, so that the service is not asked without a pause. */
const LEAST_DELAY_MS = 10

/** Follows a task until it is over: by the stream that goes on where ours broke, else by reading it again and again. */
export async function followTask({ taskId, recover, attach, read, say, isOver, signal, isUnknown }: FollowContext): Promise<void> {
  const { firstDelayMs = 1000, growth = 1.6, maxDelayMs = 5000, jitter = 0.2, idleDelayMs = 60_000, giveUpAfter = GIVE_UP_AFTER } = recover
  let delayMs = firstDelayMs
  let waitMs = isUnknown ? 0 : delayMs
  /** Until then the service does not want to be asked. */
  let notBefore = 0
  /** The next try in a row of such that fail; 0 while reading succeeds. */
  let attempt = isUnknown ? 0 : 1
  let known = ''
  let newsAt = Date.now()
  let isPaused = false

  const slowDown = (): void => {
    const isQuiet = isPaused || isHidden() || Date.now() - newsAt >= QUIET_MS
    delayMs = Math.max(Math.min(Math.max(delayMs, LEAST_DELAY_MS) * growth, isQuiet ? idleDelayMs : maxDelayMs), LEAST_DELAY_MS)
    waitMs = delayMs
  }
  const speedUp = (): void => {
    newsAt = Date.now()
    if (isHidden()) slowDown()
    else waitMs = delayMs = firstDelayMs
  }
  /** Waits for the next try; not where there is no network. */
  const wait = async (): Promise<void> => {
    const until = Math.ceil(Math.max(Date.now() + waitMs * (1 + jitter * (2 * Math.random() - 1)), notBefore))
    let isEarly = false
    let isDue = until <= Date.now()
    while (!isOver()) {
      const isAway = isOffline()
      if (isAway) {
        say({ kind: 'offline' })
        attempt = Math.max(attempt, 1)
      } else if (isDue) break
      else if (attempt > 0) say({ kind: 'retrying', attempt, retryAt: until })
      isEarly = await pause(isAway ? Infinity : until - Date.now(), signal)
      isDue = !isEarly || Date.now() >= notBefore
      if (isAway && !isOffline() && !isOver()) say({ kind: 'retrying', attempt, retryAt: isDue ? Date.now() : until })
    }
    if (isEarly) delayMs = firstDelayMs
  }

  for (await wait(); !isOver(); await wait()) {
    try {
      const attached = attach(Math.max(attempt, 1))
      if (attached) {
        const outcome = await attached
        attempt = 1
        if (outcome === 'quiet') slowDown()
        else speedUp()
        if (outcome === 'gone') waitMs = 0
        continue
      }
      const askedAt = Date.now()
      const record = await read(Math.max(attempt, 1))
      const word = JSON.stringify(record)
      isPaused = record.task.status === 'paused'
      if (word !== known) speedUp()
      else slowDown()
      known = word
      attempt = 0
      say({ kind: 'polled', at: Date.now(), askedAt, ...record })
    } catch (cause) {
      if (isOver()) return
      const error = cause instanceof WorkflowError ? cause : new WorkflowError('network', 'recover', 'The task could not be read', { cause })
      attempt = Math.max(attempt, 1)
      slowDown()
      if (error.code === 'rate_limited') notBefore = Date.now() + (error.retryAfterMs ?? idleDelayMs)
      else if (isUnknown && known === '' && isRefusal(error)) return say({ kind: 'lost', error })
      else if (!isOffline()) {
        if (attempt >= giveUpAfter) return say({ kind: 'lost', error: lostError(taskId, error) })
        attempt += 1
      }
    }
  }
}

/** The service says no, and would say so again. */
export const isRefusal = ({ status = 0 }: WorkflowError): boolean => status >= 400 && status < 500 && status !== 429

const lostError = (taskId: TaskId, cause: WorkflowError): WorkflowError =>
  new WorkflowError('connection_lost', 'recover', `The task cannot be followed any more; it may go on. ${cause.message}`, {
    taskId, status: cause.status, cause,
  })
