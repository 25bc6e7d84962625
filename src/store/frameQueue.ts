import type { Fact } from '../state/fact.ts'

/** How often facts reach the store: once a frame, once in so many milliseconds, or each at once. */
export type Throttle = 'frame' | number | false

export interface FrameQueue {
  /** Takes a fact; an urgent one is published at once, with all that came before it. */
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly flush: () => void
}

/** A frame may never come (a page going to the background); this timer behind it does, in milliseconds. */
const FALLBACK_MS = 250
/** About a frame, where there are none. */
const NO_FRAMES_MS = 16

/** Collects facts and hands them on in batches. */
export function createFrameQueue(throttle: Throttle, apply: (facts: readonly Fact[]) => void): FrameQueue {
  let facts: Fact[] = []
  let cancel: (() => void) | undefined

  const flush = (): void => {
    cancel?.()
    cancel = undefined
    const batch = facts
    facts = []
    if (batch.length > 0) apply(batch)
  }

  return {
    push(fact, isUrgent = false) {
      facts.push(fact)
      if (isUrgent || throttle === false) flush()
      else cancel ??= schedule(throttle, flush)
    },
    flush,
  }
}

function schedule(throttle: 'frame' | number, run: () => void): () => void {
  const hasPage = typeof document !== 'undefined' && typeof requestAnimationFrame === 'function'
  const frame = throttle === 'frame' && hasPage && !document.hidden ? requestAnimationFrame(run) : undefined
  const timer = setTimeout(run, throttle === 'frame' ? (hasPage ? FALLBACK_MS : NO_FRAMES_MS) : throttle)
  return () => {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
}
