import type { ReactElement } from 'react'
import type { TimelineNode } from 'use-workflow-stream'
import { formatDuration } from '../parts/time.ts'
import { useNow } from '../parts/useNow.ts'

/** How long the node has worked; of one that waits, how long it has waited. Counts on while it goes on. */
export function NodeDuration({ node, clockSkewMs }: { readonly node: TimelineNode; readonly clockSkewMs: number }): ReactElement {
  const { attempts, waits, endedAt, durationMs, status } = node
  const now = useNow(endedAt === null) - clockSkewMs
  if (endedAt !== null && waits.length === 0) return <>{durationMs === null ? '–' : formatDuration(durationMs)}</>
  const waited = lengthOf(waits, now)
  const isOnlyWaiting = status === 'paused' || (waits.length > 0 && !durationMs)
  return <>{formatDuration(isOnlyWaiting ? waited : lengthOf(attempts, now) - waited)}</>
}

function lengthOf(spans: readonly { readonly startedAt: number | null; readonly endedAt: number | null }[], now: number): number {
  return spans.reduce((sum, { startedAt, endedAt }) => (startedAt === null ? sum : sum + (endedAt ?? now) - startedAt), 0)
}
