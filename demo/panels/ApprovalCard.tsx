import type { ReactElement } from 'react'
import { use } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { useWorkflowNode } from 'use-workflow-stream'
import { Elapsed } from '../parts/Elapsed.tsx'
import { Icon } from '../parts/Icon.tsx'
import { RunContext, useRun } from '../runContext.ts'
import { DecisionButtons } from './DecisionButtons.tsx'

/** An approval that the run is paused for. */
export function ApprovalCard(): ReactElement | null {
  const { waiting, taskId, clockSkewMs } = useRun(selectWaiting)
  const { mode } = use(RunContext)
  const node = useWorkflowNode(taskId, waiting?.nodeId ?? '')
  if (waiting === null) return null
  const { title, description, since } = waiting
  return (
    <section className="card" data-tone="paused" aria-label="Approval">
      <p className="card-title"><Icon name="pause" /> {title ?? 'The run waits for approval'}</p>
      <p>
        {description ?? `Node “${node?.name ?? waiting.nodeId ?? 'unknown'}” goes on when an approver decides.`}{' '}
        Waiting for <Elapsed since={since} until={null} clockSkewMs={clockSkewMs} />.
      </p>
      {mode === 'service' && <p className="note">Approvers decide where they were notified: by e-mail, in Slack, or through a webhook.</p>}
      {mode === 'simulator' && taskId !== undefined && (
        <div className="buttons"><DecisionButtons taskId={taskId} releaseLabel="Release" rejectLabel="Reject" note="in place of the approver" /></div>
      )}
    </section>
  )
}

const selectWaiting = ({ waiting, taskId, clockSkewMs }: WorkflowRun) => ({ waiting, taskId, clockSkewMs })
