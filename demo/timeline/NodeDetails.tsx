import type { ReactElement } from 'react'
import type { Attempt, TimelineNode } from 'use-workflow-stream'
import { Elapsed } from '../parts/Elapsed.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { formatDuration } from '../parts/time.ts'
import { nodeLooks } from '../parts/words.ts'
import { StepList } from './StepList.tsx'

export interface NodeDetailsProps {
  readonly node: TimelineNode
  readonly startedAt: number
  readonly clockSkewMs: number
}

/** What a row opens to: attempts, waits and steps. */
export function NodeDetails({ node, startedAt, clockSkewMs }: NodeDetailsProps): ReactElement {
  const { attempts, waits, steps, id } = node
  return (
    <>
      {attempts.map((attempt, index) => {
        const own = steps.filter((step) => (step.attempt ?? 0) === index)
        return (
          <div key={index} className="attempt">
            {attempts.length > 1 && <AttemptHead attempt={attempt} number={index + 1} startedAt={startedAt} clockSkewMs={clockSkewMs} />}
            {own.length > 0 && <StepList steps={own} startedAt={startedAt} clockSkewMs={clockSkewMs} />}
          </div>
        )
      })}
      {waits.map((wait) => (
        <p key={wait.startedAt} className="wait-note">
          <StatusLabel look={nodeLooks[wait.endedAt === null ? 'paused' : 'completed']} />
          {wait.endedAt === null ? 'for approval since' : 'Waited for approval for'}{' '}
          <Elapsed since={wait.startedAt} until={wait.endedAt} clockSkewMs={clockSkewMs} />
        </p>
      ))}
      {steps.length === 0 && waits.length === 0 && <p className="note">No steps were reported for this node.</p>}
      <p className="note">Node id <code>{id}</code></p>
    </>
  )
}

interface AttemptHeadProps {
  readonly attempt: Attempt
  readonly number: number
  readonly startedAt: number
  readonly clockSkewMs: number
}

function AttemptHead({ attempt, number, startedAt, clockSkewMs }: AttemptHeadProps): ReactElement {
  return (
    <h3 className="attempt-head">
      Attempt {number}
      <StatusLabel look={nodeLooks[attempt.status]} />
      {attempt.startedAt !== null && (
        <span className="note">
          at {formatDuration(attempt.startedAt - startedAt)} for <Elapsed since={attempt.startedAt} until={attempt.endedAt} clockSkewMs={clockSkewMs} />
        </span>
      )}
    </h3>
  )
}
