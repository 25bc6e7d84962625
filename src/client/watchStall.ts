/** Watches for bytes that do not come. */
export interface StallWatch {
  /** Undefined when nobody wants to know. */
  readonly onBytes: (() => void) | undefined
  readonly end: () => void
}

/** Runs something each time that so many milliseconds went by without a byte; not again before it has ended. */
export function watchStall(afterMs: number | undefined, run: () => Promise<void>): StallWatch {
  if (afterMs === undefined) return { onBytes: undefined, end: () => undefined }
  let timer: ReturnType<typeof setTimeout> | undefined
  let isEnded = false
  let isRunning = false
  const start = (): void => {
    clearTimeout(timer)
    if (!isEnded && !isRunning) timer = setTimeout(() => { void runOnce() }, afterMs)
  }
  const runOnce = async (): Promise<void> => {
    isRunning = true
    await run().catch(() => undefined)
    isRunning = false
    start()
  }
  start()
  return {
    onBytes: start,
    end() {
      isEnded = true
      clearTimeout(timer)
    },
  }
}
