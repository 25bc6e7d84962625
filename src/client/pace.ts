import type { WorkflowError } from '../errors.ts'
import type { TaskFact } from '../state/fact.ts'
import { createDelays } from './delays.ts'
import type { Delays } from './delays.ts'
import { isOffline, pause } from './pause.ts'
import { GIVE_UP_AFTER } from './recoverOptions.ts'
import type { RecoverOptions } from './recoverOptions.ts'

/** When a task is tried to be reached: how long until the next try, and how many may fail. */
export interface Pace extends Pick<Delays, 'dueAt' | 'onRead' | 'onDropped'> {
  /** The number of the try, from 1; the first after one that succeeded is the first again. */
  readonly attempt: () => number
  /** Waits for the next try, and says so; not where there is no network. */
  readonly wait: () => Promise<void>
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

export function createPace({ recover, isImmediate, say, isOver, signal }: PaceContext): Pace {
  const { giveUpAfter = GIVE_UP_AFTER } = recover
  const delays = createDelays(recover)
  const { dueAt, restart } = delays
  /** The next try in a row of such that fail; 0 while reading succeeds. */
  let attempt = isImmediate ? 0 : 1

  restart(isImmediate ? 0 : undefined)
  return {
    dueAt,
    attempt: () => Math.max(attempt, 1),
    async wait() {
      while (!isOver()) {
        const isAway = isOffline()
        if (isAway) {
          say({ kind: 'offline' })
          attempt = Math.max(attempt, 1)
        } else if (attempt > 0) say({ kind: 'retrying', attempt, retryAt: dueAt() })
        if (!isAway && dueAt() <= Date.now()) return
        if (await pause(isAway ? Infinity : dueAt() - Date.now(), signal)) restart(0)
      }
    },
    onRead(record) {
      attempt = 0
      delays.onRead(record)
    },
    onDropped(isNews) {
      attempt = 1
      delays.onDropped(isNews)
    },
    onFailed(error) {
      attempt = Math.max(attempt, 1)
      delays.onFailed(error)
      if (error.code !== 'rate_limited' && !isOffline()) {
        if (attempt >= giveUpAfter) return false
        attempt += 1
      }
      return true
    },
  }
}
