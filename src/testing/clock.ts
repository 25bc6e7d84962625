/** The time that a simulator lives in: when things happen, and how long they take. */
export interface SimulatorClock {
  /** Epoch milliseconds. */
  now(): number
  setTimeout(callback: () => void, delayMs: number): unknown
  clearTimeout(handle: unknown): void
}

/** A clock that stands still until it is told to go on. */
export interface ManualClock extends SimulatorClock {
  /** Moves on by so many milliseconds; every timer on the way fires at its own time, and what it set off settles before the next. */
  advance(ms: number): Promise<void>
  /** Moves on until no timer is left. */
  runAll(): Promise<void>
}

/** Real time. The globals are read at call time, so that a test's fake timers work too. */
export const systemClock: SimulatorClock = {
  now: () => Date.now(),
  setTimeout: (callback, delayMs) => globalThis.setTimeout(callback, delayMs),
  clearTimeout: (handle) => {
    globalThis.clearTimeout(handle as number)
  },
}

/** A clock for tests: `await clock.advance(500)` plays half a second of a run in no time. */
export function manualClock(options: { readonly startMs?: number } = {}): ManualClock {
  let nowMs = options.startMs ?? Date.UTC(2026, 4, 13, 10, 12)
  let order = 0
  const timers = new Map<number, { readonly at: number; readonly callback: () => void }>()

  const fireUntil = async (untilMs: number): Promise<void> => {
    await settle()
    for (let fired = 0; ; fired++) {
      const [handle, timer] = earliest(timers) ?? []
      if (handle === undefined || timer === undefined || timer.at > untilMs) return
      if (fired === maxFired) throw new Error(`manualClock fired ${maxFired} timers in one go: something sets a new one for ever. Use advance(ms).`)
      timers.delete(handle)
      nowMs = Math.max(nowMs, timer.at)
      timer.callback()
      await settle()
    }
  }

  return {
    now: () => nowMs,
    setTimeout(callback, delayMs) {
      order += 1
      timers.set(order, { at: nowMs + Math.max(0, delayMs), callback })
      return order
    },
    clearTimeout(handle) {
      timers.delete(handle as number)
    },
    async advance(ms) {
      if (!(ms >= 0)) throw new RangeError(`manualClock.advance takes milliseconds from 0 up, not ${String(ms)}.`)
      const untilMs = nowMs + ms
      await fireUntil(untilMs)
      nowMs = untilMs
    },
    runAll: () => fireUntil(Infinity),
  }
}

const maxFired = 1_000_000

function earliest<T extends { readonly at: number }>(timers: ReadonlyMap<number, T>): readonly [number, T] | undefined {
  let first: readonly [number, T] | undefined
  // Insertion order decides between timers of the same moment.
  for (const entry of timers) if (first === undefined || entry[1].at < first[1].at) first = entry
  return first
}

// Taken once, so that a test that fakes the globals later does not stop the clock itself.
const { setImmediate: realSetImmediate, setTimeout: realSetTimeout } = globalThis as {
  readonly setImmediate?: (callback: () => void) => unknown
  readonly setTimeout: (callback: () => void) => unknown
}

/** One turn of the event loop: every promise that could go on has gone on. */
const settle = (): Promise<void> =>
  new Promise((resolve) => {
    if (realSetImmediate) realSetImmediate(resolve)
    else realSetTimeout(resolve)
  })
