import type { ReactElement } from 'react'
import { memo, useId, useState } from 'react'
import type { TimelineNode } from 'use-workflow-stream'
import { useWorkflowNode } from 'use-workflow-stream'
import { Icon } from '../parts/Icon.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { nodeLooks } from '../parts/words.ts'
import { Bars } from './Bars.tsx'
import { NodeDetails } from './NodeDetails.tsx'
import { NodeDuration } from './NodeDuration.tsx'

interface RowProps {
  readonly depth: number
  /** Server time at which the axis begins. */
  readonly startedAt: number
  readonly clockSkewMs: number
}

/** A row that follows one node of the running turn: an event of another node does not render it. */
export const LiveNodeRow = memo(function LiveNodeRow({ taskId, nodeId, ...row }: RowProps & { readonly taskId: string | undefined; readonly nodeId: string }) {
  const node = useWorkflowNode(taskId, nodeId)
  return node && <NodeRow node={node} {...row} />
})

/** A node on the time axis; opens to its steps. */
export function NodeRow({ node, depth, startedAt, clockSkewMs }: RowProps & { readonly node: TimelineNode }): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const detailsId = useId()
  const { attempts } = node
  // Retries follow a failure; a node that ran again without one is in a loop.
  const hasRetries = attempts.slice(0, -1).some((attempt) => attempt.status === 'failed')
  const look = nodeLooks[node.status]
  return (
    <li className="node" style={{ '--depth': depth }}>
      <button
        type="button"
        className="row"
        aria-expanded={isOpen}
        aria-controls={isOpen ? detailsId : undefined}
        onClick={() => { setOpen(!isOpen) }}
      >
        <span className="row-name">
          <Icon name="chevron" />
          <span className="node-name">{node.name}</span>
          <span className="node-facts">
            <StatusLabel look={look} />
            {node.type !== null && <span>{node.type}</span>}
            {attempts.length > 1 && <span className="tag">{attempts.length} {hasRetries ? 'attempts' : 'times'}</span>}
          </span>
        </span>
        <span className="row-duration"><NodeDuration node={node} clockSkewMs={clockSkewMs} /></span>
        <Bars node={node} startedAt={startedAt} />
      </button>
      {isOpen && (
        <div id={detailsId} className="node-details">
          <NodeDetails node={node} startedAt={startedAt} clockSkewMs={clockSkewMs} />
        </div>
      )}
    </li>
  )
}
