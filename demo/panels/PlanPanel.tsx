import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Panel } from '../parts/Panel.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import type { Look } from '../parts/words.ts'
import { useRun } from '../runContext.ts'

/** The run's own plan, point by point. */
export function PlanPanel({ shownTurn }: { readonly shownTurn: number }): ReactElement | null {
  const plan = useRun((run) => selectPlan(run, shownTurn))
  if (plan === null || plan.tasks.length === 0) return null
  const done = plan.tasks.filter((task) => task.isCompleted).length
  return (
    <Panel title="Plan" aside={<span className="note">{done} of {plan.tasks.length} done</span>}>
      <ol className="plan" role="list">
        {plan.tasks.map(({ id, title, isCompleted }) => (
          <li key={id}>
            <StatusLabel look={isCompleted ? doneLook : openLook} />
            <span>{title}</span>
          </li>
        ))}
      </ol>
    </Panel>
  )
}

const doneLook: Look = { word: 'Done', icon: 'check', tone: 'completed' }
const openLook: Look = { word: 'Open', icon: 'ring', tone: 'quiet' }

const selectPlan = ({ turns }: WorkflowRun, shownTurn: number) => turns[shownTurn]?.plan ?? null
