/** How often facts reach the store: once a frame, once in so many milliseconds, or each at once. */
export type Throttle = 'frame' | number | false

/** A frame may never come (a page going to the background); this timer behind it does, in milliseconds. */
const FALLBACK_MS = 250
/** About a frame, where there are none. */
const NO_FRAMES_MS = 16

export interface FrameSchedule {
  /** Asks for a run: at once when it is urgent, else together with all that is asked for until the next frame. */
  readonly ask: (isUrgent: boolean) => void
  /** Nothing is left to run for. */
  readonly cancel: () => void
}

/** Runs at most once a frame. */
export function createFrameSchedule(throttle: Throttle, run: () => void): FrameSchedule {
  let cancelPlanned: (() => void) | undefined
  const cancel = (): void => {
    cancelPlanned?.()
    cancelPlanned = undefined
  }
  const runNow = (): void => {
    cancel()
    run()
  }
  return {
    ask(isUrgent) {
      if (isUrgent || throttle === false) runNow()
      else cancelPlanned ??= plan(throttle, runNow)
    },
    cancel,
  }
}

function plan(throttle: 'frame' | number, run: () => void): () => void {
  const hasPage = typeof document !== 'undefined' && typeof requestAnimationFrame === 'function'
  const frame = throttle === 'frame' && hasPage && !document.hidden ? requestAnimationFrame(run) : undefined
  const timer = setTimeout(run, throttle === 'frame' ? (hasPage ? FALLBACK_MS : NO_FRAMES_MS) : throttle)
  return () => {
    clearTimeout(timer)
    if (frame !== undefined) cancelAnimationFrame(frame)
  }
}
