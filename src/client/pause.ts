/** The longest that a timer can wait: beyond it, it would fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Does the browser say that there is no network? */
export const isOffline = (): boolean => typeof navigator !== 'undefined' && (navigator as Partial<Navigator>).onLine === false

/** Is the page where nobody sees it? */
export const isHidden = (): boolean => typeof document !== 'undefined' && document.hidden

/**
 * Waits so many milliseconds, or less: the network going or coming back and the page being shown again end it early,
 * and so does the signal. Answers whether it was ended early.
 */
export function pause(ms: number, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const isVisible = (): void => { if (!isHidden()) wake() }
    const listen = (method: 'addEventListener' | 'removeEventListener'): void => {
      // Neither a page nor a worker has all of them; Node has none, and a stand-in for a document may lack them.
      for (const name of ['online', 'offline', 'pageshow']) (globalThis as Partial<typeof globalThis>)[method]?.(name, wake)
      if (typeof document !== 'undefined') (document as Partial<Document>)[method]?.('visibilitychange', isVisible)
      signal[method]('abort', wake)
    }
    const end = (isEarly: boolean): void => {
      clearTimeout(timer)
      listen('removeEventListener')
      resolve(isEarly)
    }
    const wake = (): void => { end(true) }
    const timer = ms === Infinity ? undefined : setTimeout(() => { end(false) }, Math.min(ms, MAX_TIMER_MS))
    listen('addEventListener')
    if (signal.aborted) wake()
  })
}
