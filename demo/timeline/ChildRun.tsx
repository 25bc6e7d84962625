import type { ReactElement } from 'react'
import { useWorkflowTask } from 'use-workflow-stream'
import { Elapsed } from '../parts/Elapsed.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { runLooks } from '../parts/words.ts'
import { LiveTimeline } from './LiveTimeline.tsx'
import { StepList } from './StepList.tsx'

/** A run inside of a run, opened in place: its own status, time axis and text. */
export function ChildRun({ taskId }: { readonly taskId: string }): ReactElement {
  const child = useWorkflowTask(taskId, (task) => task && {
    status: task.status,
    startedAt: task.startedAt,
    finishedAt: task.finishedAt,
    clockSkewMs: task.clockSkewMs,
    unassigned: task.unassigned,
    text: task.text,
  })
  if (child === undefined) return <p className="note">Nothing was seen of the child run <code>{taskId}</code> on this stream.</p>
  const { status, startedAt, finishedAt, clockSkewMs, unassigned, text } = child
  return (
    <div className="child-run">
      <p className="child-head">
        <StatusLabel look={runLooks[status]} isChip />
        {startedAt !== null && <Elapsed since={startedAt} until={finishedAt} clockSkewMs={clockSkewMs} />}
        <span className="note">Task <code>{taskId}</code></span>
      </p>
      <LiveTimeline taskId={taskId} canvas={noCanvas} />
      {unassigned.length > 0 && startedAt !== null && <StepList steps={unassigned} startedAt={startedAt} clockSkewMs={clockSkewMs} />}
      {text !== '' && <p className="child-text">{text}</p>}
    </div>
  )
}

const noCanvas: readonly never[] = []
