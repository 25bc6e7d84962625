import type { ReactElement } from 'react'
import { useId } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Icon } from '../parts/Icon.tsx'
import { useRun } from '../runContext.ts'
import { QueuedSubmits } from './QueuedSubmits.tsx'
import { TurnView } from './TurnView.tsx'
import { UnreadTask } from './UnreadTask.tsx'
import { useFollowEnd } from './useFollowEnd.ts'

export interface ConversationProps {
  /** Which turn the run panels show, counted from 0. @defaultValue the last */
  readonly chosenTurn: number | undefined
  readonly onShowTurn: (turn: number) => void
}

/** What was asked and answered, with the text as it comes. */
export function Conversation({ chosenTurn, onShowTurn }: ConversationProps): ReactElement {
  const { turns, isNamed, queueLength } = useRun(selectTurns)
  const titleId = useId()
  const { scrollerRef, contentRef, endRef, isAtEnd, jumpToEnd } = useFollowEnd(turns.length + queueLength)
  return (
    <section className="conversation" aria-labelledby={titleId}>
      <h2 id={titleId} className="visually-hidden">Conversation</h2>
      <div className="conversation-scroller" ref={scrollerRef} tabIndex={0} role="group" aria-label="Turns">
        <div ref={contentRef}>
          {turns.length === 0 && !isNamed && (
            <div className="empty">
              <p className="empty-title">No turns yet</p>
              <p>Press Run to start the workflow. Its text appears here as it comes, its nodes on the time axis.</p>
            </div>
          )}
          <UnreadTask />
          <ol className="turns" role="list">
            {turns.map((turn, index) => (
              <TurnView
                key={turn.key}
                turn={turn}
                isShown={index === (chosenTurn ?? turns.length - 1)}
                onShow={turns.length > 1 ? () => { onShowTurn(index) } : undefined}
              />
            ))}
          </ol>
          <QueuedSubmits />
          <div ref={endRef} className="conversation-end" />
        </div>
      </div>
      {!isAtEnd && turns.length > 0 && (
        <button type="button" className="button small jump" onClick={jumpToEnd}><Icon name="arrowDown" /> To the end</button>
      )}
    </section>
  )
}

const selectTurns = ({ turns, taskId, queue }: WorkflowRun) => ({ turns, isNamed: taskId !== undefined, queueLength: queue.length })
