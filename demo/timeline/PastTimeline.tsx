import type { ReactElement } from 'react'
import type { GraphNode, Turn } from 'use-workflow-stream'
import { NodeRow } from './NodeRow.tsx'
import { timelineRows } from './rows.ts'
import { TimeAxis } from './TimeAxis.tsx'
import { UntouchedRow, untouchedState } from './UntouchedRow.tsx'

/** The rows of an earlier turn, which nothing changes any more. */
export function PastTimeline({ turn, canvas }: { readonly turn: Turn; readonly canvas: readonly GraphNode[] }): ReactElement {
  const { nodes, nodeOrder, clockSkewMs, startedAt, finishedAt, hasGap } = turn
  return (
    <TimeAxis startedAt={startedAt} finishedAt={finishedAt ?? startedAt} clockSkewMs={clockSkewMs}>
      <ul className="rows" role="list">
        {timelineRows(nodeOrder, canvas).map(({ id, depth, untouched }) => {
          const node = nodes[id]
          if (untouched) return <UntouchedRow key={id} node={untouched} depth={depth} state={untouchedState(true, hasGap)} />
          return node && <NodeRow key={id} node={node} depth={depth} startedAt={startedAt ?? 0} clockSkewMs={clockSkewMs} />
        })}
      </ul>
    </TimeAxis>
  )
}
