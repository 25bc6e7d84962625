import type { WorkflowError } from '../errors.ts'
import { createDelays } from './delays.ts'
import { isOffline, pause } from './pause.ts'
import type { RecoverOptions } from './recoverOptions.ts'
import type { TaskRecord } from './taskReader.ts'

/** Watches for bytes that do not come. */
export interface StallWatch {
  readonly onBytes: () => void
  readonly end: () => void
}

/** Longer than what services and proxies wait between their signs of life. */
const SILENT_MS = 20_000

/**
 * Reads the task, one read at a time, where the stream was silent for so long as the app says; also where it may have
 * died unnoticed: the network or the page comes back, and no byte with it.
 */
export function watchStall(recover: RecoverOptions, read: () => Promise<TaskRecord | undefined>): StallWatch {
  const { stallAfterMs = Infinity, idleDelayMs = 60_000 } = recover
  const isTimed = stallAfterMs < Infinity
  const delays = createDelays({ ...recover, firstDelayMs: isTimed ? stallAfterMs : idleDelayMs, maxDelayMs: idleDelayMs })
  const ending = new AbortController()
  const isEnded = (): boolean => ending.signal.aborted
  let heardAt = 0
  /** There was no network since the last byte. */
  let wasAway = false
  /** The task was read since the last byte, so that nothing is missed until the next read. */
  let isKnown = false

  const onBytes = (): void => {
    heardAt = Date.now()
    wasAway = isKnown = false
    delays.restart(stallAfterMs)
  }

  const watch = async (): Promise<void> => {
    while (!isEnded()) {
      const isAway = isOffline()
      wasAway ||= isAway
      // A byte may bring the next read nearer while we wait, so we look again.
      const isWoken = await pause(isAway ? Infinity : Math.min(delays.dueAt() - Date.now(), stallAfterMs), ending.signal)
      if (isEnded() || isOffline()) continue
      if (isWoken && !isKnown && (wasAway || Date.now() - heardAt >= SILENT_MS)) delays.restart(0)
      if (delays.dueAt() > Date.now()) continue
      isKnown = true
      try {
        const record = await read()
        if (record) delays.onRead(record)
        else onBytes()
      } catch (error) {
        isKnown = false
        delays.onFailed(error as WorkflowError)
      }
    }
  }

  onBytes()
  void watch()
  return { onBytes, end() { ending.abort() } }
}
