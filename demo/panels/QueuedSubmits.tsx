import type { ReactElement } from 'react'
import { useId } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { useRun } from '../runContext.ts'

/** What waits until the turn under way is over. */
export function QueuedSubmits(): ReactElement | null {
  const { queue, cancelQueued } = useRun(selectQueue)
  const listId = useId()
  if (queue.length === 0) return null
  return (
    <ol className="queue" role="list" aria-label="Queue">
      {queue.map(({ key, input }, index) => (
        <li key={key} className="queued">
          <p className="input-text" id={`${listId}-${index}`}>{input.text}</p>
          <p className="turn-facts">
            <StatusLabel look={{ word: index === 0 ? 'Next' : `Number ${index + 1} in the queue`, icon: 'clock', tone: 'quiet' }} />
            <button type="button" className="link-button" aria-describedby={`${listId}-${index}`} onClick={() => { cancelQueued(key) }}>Cancel</button>
          </p>
        </li>
      ))}
    </ol>
  )
}

const selectQueue = ({ queue, cancelQueued }: WorkflowRun) => ({ queue, cancelQueued })
