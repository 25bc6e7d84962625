import type { ReactElement } from 'react'
import type { TaskState, WorkflowRun } from 'use-workflow-stream'
import { useWorkflowTask } from 'use-workflow-stream'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Elapsed } from '../parts/Elapsed.tsx'
import { formatNumber } from '../parts/time.ts'
import { connectionLooks } from '../parts/words.ts'
import { runKey, useRun } from '../runContext.ts'
import { runLook } from '../runLook.ts'
import { LineState } from './LineState.tsx'
import { RunChips } from './RunChips.tsx'

/** The run at a glance: what it is doing, and how our line to it is. */
export function RunHeader(): ReactElement {
  const run = useRun(selectSummary)
  const { look, taskId, startedAt, usage, progress } = run
  const isUnderWay = progress !== null && run.isRunning
  return (
    <header className="run-header">
      <div className="run-title">
        <h2>Run</h2>
        <RunChips />
        <p className="visually-hidden" role="status">Run status: {look.word}</p>
        <p className="visually-hidden" role="status">Connection: {connectionLooks[run.connection].word}</p>
      </div>
      <LineState />
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
        <div className="fact">
          <dt>Events</dt>
          <dd><EventCount taskId={run.key} /></dd>
        </div>
      </dl>
      <div className="progress" data-tone={look.tone} data-under-way={isUnderWay} aria-hidden="true">
        <span style={{ '--done': isUnderWay ? progress.done / progress.total : 0 }} />
      </div>
    </header>
  )
}

function selectSummary(run: WorkflowRun) {
  const { taskId, connection, isRunning, startedAt, finishedAt, clockSkewMs, usage, progress, timeline } = run
  const nodeCount = timeline.length
  return { look: runLook(run), taskId, connection, isRunning, startedAt, finishedAt, clockSkewMs, usage, progress, nodeCount, key: runKey(run) }
}

/** Apart from the rest, because it changes with every event. */
function EventCount({ taskId }: { readonly taskId: string | undefined }): ReactElement {
  const { eventCount, malformedCount } = useWorkflowTask(taskId, selectCounts)
  if (eventCount + malformedCount === 0) return <>–</>
  return <>{formatNumber(eventCount)}{malformedCount > 0 && `, ${formatNumber(malformedCount)} malformed`}</>
}

const selectCounts = (task: TaskState | undefined) => ({ eventCount: task?.eventCount ?? 0, malformedCount: task?.malformedCount ?? 0 })
