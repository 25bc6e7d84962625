import type { WorkflowError } from '../errors.ts'
import type { TaskFact } from '../state/fact.ts'
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

/** When a task is tried to be reached: how long until the next try, and how many may fail. */
export interface Pace {
  /** The number of the try, from 1; the first after one that succeeded is the first again. */
  readonly attempt: () => number
  /** When the next try is made. */
  readonly dueAt: () => number
  /** Waits for the next try, and says so; not where there is no network. */
  readonly wait: () => Promise<void>
  /** The task was read, and whether that told something new. */
  readonly onRead: (isNews: boolean, isPaused: boolean) => void
  /** A stream was gone back to and has ended. */
  readonly onDropped: (isNews: boolean) => void
  /** The try failed. False when there should be no other. */
  readonly onFailed: (error: WorkflowError) => boolean
}

export interface PaceContext {
  readonly recover: RecoverOptions
  readonly isImmediate: boolean
  readonly say: (fact: TaskFact) => void
  readonly isOver: () => boolean
  readonly signal: AbortSignal
}

/** Tries, where the app does not say how many. */
export const GIVE_UP_AFTER = 10
/** Reads that bring nothing new for so long need not be so many. */
const QUIET_MS = 60_000
/** What a delay grows from that is none, so that the service is not asked without a pause. */
const LEAST_DELAY_MS = 10

export function createPace({ recover, isImmediate, say, isOver, signal }: PaceContext): Pace {
  const { firstDelayMs = 1000, growth = 1.6, maxDelayMs = 5000, jitter = 0.2, idleDelayMs = 60_000, giveUpAfter = GIVE_UP_AFTER } = recover
  let delayMs = firstDelayMs
  /** Until then the service does not want to be asked. */
  let notBefore = 0
  /** The next try in a row of such that fail; 0 while reading succeeds. */
  let attempt = isImmediate ? 0 : 1
  let newsAt = Date.now()
  let isPaused = false

  let dueAt = 0
  const plan = (ms: number): void => { dueAt = Math.ceil(Math.max(Date.now() + ms * (1 + jitter * (2 * Math.random() - 1)), notBefore)) }
  const slowDown = (): void => {
    const isQuiet = isPaused || isHidden() || Date.now() - newsAt >= QUIET_MS
    delayMs = Math.max(Math.min(Math.max(delayMs, LEAST_DELAY_MS) * growth, isQuiet ? idleDelayMs : maxDelayMs), LEAST_DELAY_MS)
    plan(delayMs)
  }

  const adapt = (isNews: boolean): void => {
    if (isNews) newsAt = Date.now()
    if (!isNews || isHidden()) slowDown()
    else plan(delayMs = firstDelayMs)
  }
  plan(isImmediate ? 0 : firstDelayMs)

  return {
    attempt: () => Math.max(attempt, 1),
    dueAt: () => dueAt,
    async wait() {
      while (!isOver()) {
        const isAway = isOffline()
        if (isAway) {
          say({ kind: 'offline' })
          attempt = Math.max(attempt, 1)
        } else if (attempt > 0) say({ kind: 'retrying', attempt, retryAt: dueAt })
        if (!isAway && dueAt <= Date.now()) return
        const isEarly = await pause(isAway ? Infinity : dueAt - Date.now(), signal)
        if (!isEarly) continue
        delayMs = firstDelayMs
        dueAt = Math.max(Date.now(), notBefore)
      }
    },
    onRead(isNews, isPausedNow) {
      attempt = 0
      isPaused = isPausedNow
      adapt(isNews)
    },
    onDropped(isNews) {
      attempt = 1
      adapt(isNews)
    },
    onFailed(error) {
      attempt = Math.max(attempt, 1)
      if (error.code === 'rate_limited') notBefore = Date.now() + (error.retryAfterMs ?? idleDelayMs)
      slowDown()
      if (error.code !== 'rate_limited' && !isOffline()) {
        if (attempt >= giveUpAfter) return false
        attempt += 1
      }
      return true
    },
  }
}
