import type { ReactElement } from 'react'
import type { GraphNode } from 'use-workflow-stream'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { nodeLooks } from '../parts/words.ts'

export interface UntouchedRowProps {
  readonly node: GraphNode
  readonly depth: number
  /** What is known of it all the same. */
  readonly state: UntouchedState
}

type UntouchedState = 'pending' | 'skipped' | 'unseen'

/** A run that is over went past the node, unless part of the run was not seen: then nobody can tell. */
export const untouchedState = (isOver: boolean, hasGap: boolean): UntouchedState => (isOver ? (hasGap ? 'unseen' : 'skipped') : 'pending')

/** A node of the canvas of which the run has told nothing. */
export function UntouchedRow({ node, depth, state }: UntouchedRowProps): ReactElement {
  return (
    <li className="node" style={{ '--depth': depth }}>
      <div className="row untouched">
        <span className="row-name">
          <span className="node-name">{node.name}</span>
          <span className="node-facts">
            <StatusLabel look={nodeLooks[state]} />
            <span>{node.type}</span>
          </span>
        </span>
        <span className="track" />
      </div>
    </li>
  )
}
