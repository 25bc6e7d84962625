import type { ReactElement } from 'react'
import { useId } from 'react'
import type { DemoWorkflow } from '../demoInfo.ts'

export interface WorkflowChoiceProps {
  readonly workflows: readonly DemoWorkflow[]
  readonly chosen: DemoWorkflow
  readonly onChoose: (workflow: DemoWorkflow) => void
}

/** Which workflow the page runs. */
export function WorkflowChoice({ workflows, chosen, onChoose }: WorkflowChoiceProps): ReactElement {
  const fieldId = useId()
  const choose = (id: string): void => {
    const workflow = workflows.find((other) => other.id === id)
    if (workflow) onChoose(workflow)
  }
  return (
    <div className="workflow-choice">
      <label htmlFor={fieldId}>Workflow</label>
      <select id={fieldId} value={chosen.id} onChange={(event) => { choose(event.target.value) }}>
        {workflows.map(({ id, name }) => <option key={id} value={id}>{name}</option>)}
      </select>
      {chosen.description !== '' && <p className="note">{chosen.description}</p>}
    </div>
  )
}
