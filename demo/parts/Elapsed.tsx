import type { ReactElement } from 'react'
import { formatDuration } from './time.ts'
import { useNow } from './useNow.ts'

export interface ElapsedProps {
  /** Server time. */
  readonly since: number
  /** Server time; `null` while it goes on. */
  readonly until: number | null
  readonly clockSkewMs: number
}

/** Time between two moments of the server's clock, counting on while there is no second one. */
export function Elapsed({ since, until, clockSkewMs }: ElapsedProps): ReactElement {
  const now = useNow(until === null)
  return <span className="duration">{formatDuration((until ?? now - clockSkewMs) - since)}</span>
}
