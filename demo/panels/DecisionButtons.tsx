import type { ReactElement } from 'react'
import { useState } from 'react'
import { decideForSimulator } from '../demoInfo.ts'

export interface DecisionButtonsProps {
  readonly taskId: string
  readonly releaseLabel: string
  readonly rejectLabel?: string
  /** Whom the buttons stand in for. */
  readonly note?: string
}

/** Stands in for the person that a simulated run waits for. */
export function DecisionButtons({ taskId, releaseLabel, rejectLabel, note }: DecisionButtonsProps): ReactElement {
  const [problem, setProblem] = useState<string>()
  const decide = (decision: 'release' | 'reject'): void => {
    decideForSimulator(decision, taskId).then(
      () => { setProblem(undefined) },
      (error: unknown) => { setProblem(error instanceof Error ? error.message : String(error)) },
    )
  }
  return (
    <>
      <button type="button" className="button" onClick={() => { decide('release') }}>{releaseLabel}</button>
      {rejectLabel !== undefined && <button type="button" className="button" onClick={() => { decide('reject') }}>{rejectLabel}</button>}
      {note !== undefined && <span className="note">{note}</span>}
      {problem !== undefined && <p className="error-text">{problem}</p>}
    </>
  )
}
