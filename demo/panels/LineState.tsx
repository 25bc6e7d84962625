import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Countdown } from '../parts/Countdown.tsx'
import { connectionLooks } from '../parts/words.ts'
import { useRun } from '../runContext.ts'

/** What our line to the run is doing, in words, and what can be done about it. It keeps its place whatever it says. */
export function LineState(): ReactElement {
  const line = useRun(selectLine)
  const { connection, isRunning, hasTask, disconnect, reconnect } = line
  const isFollowed = connection !== 'closed' && connection !== 'lost'
  return (
    <div className="line-state" data-tone={connection === 'open' ? 'quiet' : connectionLooks[connection].tone}>
      <p>
        {wordsOf(line)}
        {connection === 'recovering' && line.retryAt !== null && (
          <> Try {line.attempt} in <Countdown until={line.retryAt} />.</>
        )}
      </p>
      {isRunning && hasTask && (
        <button type="button" className="button small" onClick={() => { if (isFollowed) disconnect(); else void reconnect() }}>
          {isFollowed ? 'Stop listening' : 'Follow again'}
        </button>
      )}
    </div>
  )
}

type LineView = ReturnType<typeof selectLine>

function selectLine({ connection, isRunning, hasGap, attempt, retryAt, error, taskId, turns, disconnect, reconnect }: WorkflowRun) {
  return {
    connection, isRunning, hasGap, attempt, retryAt, disconnect, reconnect,
    hasTask: taskId !== undefined, hasTurns: turns.length > 0, isUnread: error?.phase === 'recover' && turns.length === 0,
    isRefused: error?.phase === 'submit', mayHaveStarted: error?.mayHaveStarted ?? false,
  }
}

function wordsOf({ connection, isRunning, hasGap, isUnread, isRefused, mayHaveStarted, hasTurns }: LineView): string {
  switch (connection) {
    case 'closed':
      if (isRunning) return 'Nobody listens here. The run goes on without us.'
      if (mayHaveStarted) return 'A run may have started that we know no id of. Nothing is sent again.'
      if (isRefused) return 'The submit was refused and started nothing, so there is no stream.'
      if (isUnread) return 'The task in the address could not be read.'
      if (!hasTurns) return 'There is no run yet to listen to.'
      return hasGap ? 'Caught up. What the line missed was read; single steps may be missing.' : 'The turn is over, and so is its stream.'
    case 'connecting':
      return 'Waiting for the service to answer.'
    case 'open':
      return hasGap ? 'Live again. Single steps of the time between may be missing.' : 'Every event arrives as it happens.'
    case 'polling':
      return 'Caught up. The task is read until it is over; single steps may be missing.'
    case 'recovering':
      return 'The line broke; the run goes on.'
    case 'offline':
      return 'There is no network. Nothing is asked until it is back.'
    case 'lost':
      return 'Given up, with everything kept that came. The run may go on.'
    default: {
      const unhandled: never = connection
      return unhandled
    }
  }
}
