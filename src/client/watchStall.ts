/** Watches for bytes that do not come. */
export interface StallWatch {
  /** Undefined when nobody wants to know. */
  readonly onBytes: (() => void) | undefined
  readonly end: () => void
}

/** Runs something each time that so many milliseconds went by without a byte; not again before it has ended. */
export function watchStall(afterMs: number | undefined, run: () => Promise<void>): StallWatch {
  if (afterMs === undefined) return { onBytes: undefined, end: () => undefined }
  let timer: ReturnType<typeof setTimeout>
  let isEnded = false
  const start = (): void => {
    if (!isEnded) timer = setTimeout(() => { run().catch(() => undefined).then(start, start) }, afterMs)
  }
  start()
  return {
    onBytes() {
      clearTimeout(timer)
      start()
    },
    end() {
      isEnded = true
      clearTimeout(timer)
    },
  }
}
