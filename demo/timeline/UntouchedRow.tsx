import type { ReactElement } from 'react'
import type { GraphNode } from 'use-workflow-stream'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { nodeLooks } from '../parts/words.ts'

export interface UntouchedRowProps {
  readonly node: GraphNode
  readonly depth: number
  /** The run is over, so the node will not run any more. */
  readonly isOver: boolean
}

/** A node of the canvas that has not run, or that this run went past. */
export function UntouchedRow({ node, depth, isOver }: UntouchedRowProps): ReactElement {
  return (
    <li className="node" style={{ '--depth': depth }}>
      <div className="row untouched">
        <span className="row-name">
          <span className="node-name">{node.name}</span>
          <span className="node-facts">
            <StatusLabel look={nodeLooks[isOver ? 'skipped' : 'pending']} />
            <span>{node.type}</span>
          </span>
        </span>
        <span className="track" />
      </div>
    </li>
  )
}
