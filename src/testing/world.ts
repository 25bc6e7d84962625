import type { SimulatorClock } from './clock.ts'
import { seededRandom, type SeededRandom } from './random.ts'

/** What everything in one simulator shares: time, chance, and whose account it is. */
export interface World {
  readonly organizationId: string
  readonly random: SeededRandom
  /** The present as the service writes it: microseconds, `Z`, and never the same moment twice. */
  timestamp(): string
  /** Calls back after a scenario's delay, at once where it is 0; answers what calls it off. */
  after(delayMs: number, callback: () => void): () => void
  /** Calls back after real milliseconds of the clock, whatever the speed. */
  afterExactly(delayMs: number, callback: () => void): () => void
  /** Calls everything off. */
  close(): void
}

/** Makes the world of one simulator. `speed` 2 plays delays twice as fast, 0 plays without any. */
export function createWorld(clock: SimulatorClock, seed: string | number, speed: number): World {
  const random = seededRandom(seed)
  const timeRandom = random.fork('time')
  const timers = new Set<unknown>()
  let lastMicroseconds = 0
  let isClosed = false

  const afterExactly = (delayMs: number, callback: () => void): (() => void) => {
    if (isClosed) return () => {}
    const handle = clock.setTimeout(() => {
      timers.delete(handle)
      callback()
    }, delayMs)
    timers.add(handle)
    return () => {
      timers.delete(handle)
      clock.clearTimeout(handle)
    }
  }

  return {
    organizationId: random.fork('organization').uuid(),
    random,
    timestamp() {
      const now = Math.floor(clock.now()) * 1000 + timeRandom.integer(900)
      lastMicroseconds = Math.max(lastMicroseconds + 1, now)
      return toMicrosecondIso(lastMicroseconds)
    },
    after(delayMs, callback) {
      const scaledMs = speed === 0 ? 0 : delayMs / speed
      if (scaledMs > 0) return afterExactly(scaledMs, callback)
      if (!isClosed) callback()
      return () => {}
    },
    afterExactly,
    close() {
      isClosed = true
      for (const handle of timers) clock.clearTimeout(handle)
      timers.clear()
    },
  }
}

/** ISO 8601 with microseconds, which a `Date` does not have. */
export function toMicrosecondIso(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000)
  const rest = String(microseconds - milliseconds * 1000).padStart(3, '0')
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`)
}
