import type { ReactElement } from 'react'
import type { GraphNode, TaskState } from 'use-workflow-stream'
import { EMPTY_TASK, isSettled, useWorkflowTask } from 'use-workflow-stream'
import { LiveNodeRow } from './NodeRow.tsx'
import { timelineRows } from './rows.ts'
import { TimeAxis } from './TimeAxis.tsx'
import { UntouchedRow, untouchedState } from './UntouchedRow.tsx'

export interface LiveTimelineProps {
  /** None before the first submit: then the canvas stands alone. */
  readonly taskId: string | undefined
  readonly canvas: readonly GraphNode[]
}

/** The rows of a task's current turn, one for each node. */
export function LiveTimeline({ taskId, canvas }: LiveTimelineProps): ReactElement | null {
  const turn = useWorkflowTask(taskId, selectFrame)
  const { turnKey, nodeOrder, clockSkewMs, startedAt, finishedAt, isOver, hasGap } = turn
  const rows = timelineRows(nodeOrder, canvas)
  if (rows.length === 0) return null
  return (
    <TimeAxis startedAt={startedAt} finishedAt={finishedAt} clockSkewMs={clockSkewMs}>
      <ul className="rows" role="list">
        {rows.map(({ id, depth, untouched }) =>
          untouched ? (
            <UntouchedRow key={id} node={untouched} depth={depth} state={untouchedState(isOver, hasGap)} />
          ) : (
            <LiveNodeRow key={`${turnKey} ${id}`} taskId={taskId} nodeId={id} depth={depth} startedAt={startedAt ?? 0} clockSkewMs={clockSkewMs} />
          ),
        )}
      </ul>
    </TimeAxis>
  )
}

function selectFrame(task: TaskState = EMPTY_TASK) {
  const { key, nodeOrder, startedAt, finishedAt, clockSkewMs, status, hasGap } = task
  return { turnKey: key, nodeOrder, startedAt, finishedAt, clockSkewMs, hasGap, isOver: startedAt !== null && isSettled(status) }
}
