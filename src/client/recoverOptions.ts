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
  /** So long without a byte of the stream, and the task is read beside it, later each time up to `idleDelayMs`; the stream is kept. @defaultValue never */
  readonly stallAfterMs?: number | undefined
}

/** Tries, where the app does not say how many. */
export const GIVE_UP_AFTER = 10
