import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Elapsed } from '../parts/Elapsed.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { formatNumber } from '../parts/time.ts'
import { connectionLooks, runLooks, stoppingLook } from '../parts/words.ts'
import { useRun } from '../runContext.ts'

/** The run at a glance: what it is doing, and how our line to it is. */
export function RunHeader(): ReactElement {
  const run = useRun(selectSummary)
  const { taskId, startedAt, usage, progress } = run
  const isUnderWay = progress !== null && run.isRunning
  const look = run.isStopping ? stoppingLook : runLooks[run.status]
  return (
    <header className="run-header">
      <div className="run-title">
        <h2>Run</h2>
        <StatusLabel look={look} isChip />
        <StatusLabel look={connectionLooks[run.connection]} isChip />
        <p className="visually-hidden" role="status">Run status: {look.word}</p>
      </div>
      <dl className="facts">
        <div className="fact wide">
          <dt>Task</dt>
          <dd>{taskId === undefined ? '–' : <><code>{taskId}</code><CopyButton what="task id" text={taskId} /></>}</dd>
        </div>
        <div className="fact">
          <dt>Duration</dt>
          <dd>{startedAt === null ? '–' : <Elapsed since={startedAt} until={run.finishedAt} clockSkewMs={run.clockSkewMs} />}</dd>
        </div>
        <div className="fact">
          <dt>{isUnderWay ? 'Progress' : 'Nodes run'}</dt>
          <dd>{isUnderWay ? `${progress.done} of ${progress.total}` : run.nodeCount === 0 ? '–' : run.nodeCount}</dd>
        </div>
        <div className="fact">
          <dt>Tokens</dt>
          <dd>{usage?.totalTokens == null ? '–' : formatNumber(usage.totalTokens)}</dd>
        </div>
      </dl>
      {isUnderWay && (
        <div className="progress" data-tone={look.tone} aria-hidden="true">
          <span style={{ '--done': progress.done / progress.total }} />
        </div>
      )}
      {run.hasGap && <p className="note">A part of what happened was not seen.</p>}
    </header>
  )
}

function selectSummary(run: WorkflowRun) {
  const { taskId, status, connection, isStopping, isRunning, startedAt, finishedAt, clockSkewMs, usage, progress, hasGap, timeline } = run
  const nodeCount = timeline.length
  return { taskId, status, connection, isStopping, isRunning, startedAt, finishedAt, clockSkewMs, usage, progress, hasGap, nodeCount }
}
