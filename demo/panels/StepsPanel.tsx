import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Panel } from '../parts/Panel.tsx'
import { useRun } from '../runContext.ts'
import { StepList } from '../timeline/StepList.tsx'

/** Steps of the shown turn that no node could be named for. */
export function StepsPanel({ shownTurn }: { readonly shownTurn: number }): ReactElement | null {
  const steps = useRun((run) => selectSteps(run, shownTurn))
  if (steps === undefined || steps.unassigned.length === 0) return null
  return (
    <Panel title="Steps without a node" aside={<span className="note">{steps.unassigned.length}</span>}>
      <StepList {...steps} steps={steps.unassigned} />
    </Panel>
  )
}

function selectSteps({ turns }: WorkflowRun, shownTurn: number) {
  const turn = turns[shownTurn]
  return turn && { unassigned: turn.unassigned, startedAt: turn.startedAt ?? 0, clockSkewMs: turn.clockSkewMs }
}
