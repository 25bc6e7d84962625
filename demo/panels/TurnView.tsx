import type { ReactElement } from 'react'
import { memo } from 'react'
import type { Turn, WorkflowError } from 'use-workflow-stream'
import { isRunning } from 'use-workflow-stream'
import { Elapsed } from '../parts/Elapsed.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { formatNumber } from '../parts/time.ts'
import { runLooks } from '../parts/words.ts'
import { Answer } from './Answer.tsx'
import { ErrorNote } from './ErrorNote.tsx'

export interface TurnViewProps {
  readonly turn: Turn
  /** The run panels show this turn. */
  readonly isShown: boolean
  /** Shows it there; `undefined` where there is nothing to choose. */
  readonly onShow: (() => void) | undefined
}

/** One input and its answer. */
export const TurnView = memo(function TurnView({ turn, isShown, onShow }: TurnViewProps): ReactElement {
  const { input, status, text, error, startedAt, finishedAt, usage, clockSkewMs } = turn
  const hasFailed = status === 'failed' || (status === 'error' && error === null)
  return (
    <li className="turn">
      <div className="turn-input">
        <p className="speaker">{input?.user?.email ?? 'You'}</p>
        <p className="input-text">{input?.text ?? 'Started elsewhere'}</p>
      </div>
      <div className="turn-answer">
        <p className="speaker">Workflow</p>
        {text !== '' && (hasFailed ? <p className="error-text">{text}</p> : <Answer text={text} />)}
        {text === '' && error === null && isRunning(status) && <p className="note">No text yet</p>}
        {text === '' && status === 'stopped' && <p className="note">Stopped before any text came</p>}
        {error !== null && (isLineError(error) ? <p className="note">The connection was lost here</p> : <ErrorNote error={error} />)}
      </div>
      <p className="turn-facts">
        <StatusLabel look={runLooks[status]} />
        {startedAt !== null && <Elapsed since={startedAt} until={finishedAt} clockSkewMs={clockSkewMs} />}
        {usage !== null && usage.totalTokens !== null && <span>{formatNumber(usage.totalTokens)} tokens</span>}
        {onShow && (
          <button type="button" className="link-button" aria-pressed={isShown} onClick={onShow}>
            {isShown ? 'Shown in run' : 'Show in run'}
          </button>
        )}
      </p>
    </li>
  )
})

const isLineError = ({ code }: WorkflowError): boolean => code === 'stream_truncated' || code === 'connection_lost'
