import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Countdown } from '../parts/Countdown.tsx'
import { connectionLooks } from '../parts/words.ts'
import { useRun } from '../runContext.ts'
import { isUnread } from '../runLook.ts'

/** What our line to the run is doing, in words, and what can be done about it. It keeps its place whatever it says. */
export function LineState(): ReactElement {
  const line = useRun(selectLine)
  const { connection, canFollow, disconnect, reconnect } = line
  const isFollowed = connection !== 'closed' && connection !== 'lost'
  return (
    <div className="line-state" data-tone={connection === 'open' ? 'quiet' : connectionLooks[connection].tone}>
      <p>
        {wordsOf(line)}
        {connection === 'recovering' && line.retryAt !== null && (
          <> Try {line.attempt} in <Countdown until={line.retryAt} />.</>
        )}
      </p>
      {canFollow && (
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
    // What the service refused to tell, such as a task that it does not know, it refuses again.
    canFollow: isUnread({ taskId, turns }) ? error === null || connection === 'lost' : isRunning && taskId !== undefined,
    hasTurns: turns.length > 0, isUnread: isUnread({ taskId, turns }), isRefused: error?.phase === 'submit',
    isUnreached: error?.code === 'network', hasError: error !== null, mayHaveStarted: error?.mayHaveStarted ?? false,
  }
}

function wordsOf(line: LineView): string {
  const { connection, isRunning, hasGap, isRefused, isUnreached, mayHaveStarted, hasTurns } = line
  if (line.isUnread) return wordsOfUnread(line)
  switch (connection) {
    case 'closed':
      if (isRunning) return 'Nobody listens here. The run goes on without us.'
      if (mayHaveStarted) return 'A run may have started that we know no id of. Nothing is sent again.'
      if (isRefused && isUnreached) return 'The submit did not reach the service and started nothing, so there is no stream.'
      if (isRefused) return 'The submit was refused and started nothing, so there is no stream.'
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

/** Of a run nothing of which came yet, nothing can be said that a run is. */
function wordsOfUnread({ connection, hasError }: LineView): string {
  switch (connection) {
    case 'closed':
      return hasError ? 'The run in the address could not be read.' : 'Nobody reads the run in the address.'
    case 'recovering':
      return 'The run in the address could not be read yet.'
    case 'offline':
      return 'There is no network. The run in the address is read once it is back.'
    case 'lost':
      return 'Given up: the run in the address could not be read. It may go on.'
    default:
      return 'Reading the run in the address.'
  }
}
