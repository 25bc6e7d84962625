import type { ReactElement } from 'react'
import type { TimelineNode } from 'use-workflow-stream'

/** The node's attempts and waits on the time axis. */
export function Bars({ node, startedAt }: { readonly node: TimelineNode; readonly startedAt: number }): ReactElement {
  const place = (from: number, to: number | null): { '--from': number; '--to': number | string } => ({
    '--from': from - startedAt,
    '--to': to === null ? 'var(--now)' : to - startedAt,
  })
  return (
    <span className="track" aria-hidden="true">
      {node.attempts.map((attempt, index) =>
        attempt.startedAt === null ? (
          attempt.endedAt !== null && <span key={index} className="moment" data-status={attempt.status} style={place(attempt.endedAt, attempt.endedAt)} />
        ) : (
          <span key={index} className="bar" data-status={attempt.status} style={place(attempt.startedAt, attempt.endedAt)} />
        ),
      )}
      {node.waits.map((wait) => <span key={wait.startedAt} className="bar wait" style={place(wait.startedAt, wait.endedAt)} />)}
    </span>
  )
}
