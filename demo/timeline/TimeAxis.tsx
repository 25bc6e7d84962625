import type { ReactElement, ReactNode } from 'react'
import { useNow } from '../parts/useNow.ts'
import { labelOf, scaleFor } from './scale.ts'

export interface TimeAxisProps {
  /** Server time at which the axis begins; `null` before anything started. */
  readonly startedAt: number | null
  /** Server time of the end; `null` while the run goes on. */
  readonly finishedAt: number | null
  readonly clockSkewMs: number
  readonly children: ReactNode
}

/**
 * The axis that the bars below it stand on. Only the axis ticks: bars take its span and the present from custom
 * properties, so a row renders when its node changes and not with the clock.
 */
export function TimeAxis({ startedAt, finishedAt, clockSkewMs, children }: TimeAxisProps): ReactElement {
  const now = useNow(startedAt !== null && finishedAt === null)
  const lengthMs = startedAt === null ? 0 : Math.max(0, (finishedAt ?? now - clockSkewMs) - startedAt)
  const { spanMs, stepMs } = scaleFor(lengthMs)
  const lines = Array.from({ length: Math.round(spanMs / stepMs) + 1 }, (_, index) => index * stepMs)
  return (
    <div className="timeline" data-has-begun={startedAt !== null} style={{ '--span': spanMs, '--step': stepMs, '--now': lengthMs }}>
      <div className="axis" aria-hidden="true">
        <span className="axis-track">
          {lines.map((at) => <span key={at} className="axis-label" style={{ '--at': at }}>{labelOf(at, stepMs)}</span>)}
        </span>
      </div>
      {children}
    </div>
  )
}
