import type { WorkflowError } from '../errors.ts'
import { isHidden } from './pause.ts'
import type { RecoverOptions } from './recoverOptions.ts'
import type { TaskRecord } from './taskReader.ts'

/** When a task is read next: later and later while there is no reason to hurry. */
export interface Delays {
  readonly dueAt: () => number
  /** Begins anew with the first delay, or another one. */
  readonly restart: (delayMs?: number) => void
  /** The task was read. */
  readonly onRead: (record: TaskRecord) => void
  /** A stream was gone back to and has ended. */
  readonly onDropped: (isNews: boolean) => void
  readonly onFailed: (error: Partial<WorkflowError>) => void
}

/** Reads that bring nothing new for so long need not be so many. */
const QUIET_MS = 60_000
/** What a delay grows from that is none, so that the service is not asked without a pause. */
const LEAST_DELAY_MS = 10

export function createDelays({ firstDelayMs = 1000, growth = 1.6, maxDelayMs = 5000, jitter = 0.2, idleDelayMs = 60_000 }: RecoverOptions): Delays {
  const least = Math.max(firstDelayMs, LEAST_DELAY_MS)
  let delayMs = least
  let dueAt = 0
  /** Until then the service does not want to be asked. */
  let notBefore = 0
  let newsAt = Date.now()
  let isPaused = false
  let known = ''

  const plan = (ms: number): void => { dueAt = Math.ceil(Math.max(Date.now() + ms * (1 + jitter * (2 * Math.random() - 1)), notBefore)) }
  const slowDown = (): void => {
    const isQuiet = isPaused || isHidden() || Date.now() - newsAt >= QUIET_MS
    delayMs = Math.max(least, Math.min(delayMs * growth, isQuiet ? idleDelayMs : maxDelayMs))
    plan(delayMs)
  }
  const onDropped = (isNews: boolean): void => {
    if (isNews) newsAt = Date.now()
    if (!isNews || isHidden()) slowDown()
    else plan(delayMs = least)
  }

  return {
    dueAt: () => dueAt,
    restart(ms = firstDelayMs) {
      delayMs = least
      plan(ms)
    },
    onRead(record) {
      const word = JSON.stringify(record)
      const isNews = word !== known
      known = word
      isPaused = record.task.status === 'paused'
      onDropped(isNews)
    },
    onDropped,
    onFailed({ code, retryAfterMs = idleDelayMs }) {
      if (code === 'rate_limited') notBefore = Date.now() + retryAfterMs
      slowDown()
    },
  }
}
