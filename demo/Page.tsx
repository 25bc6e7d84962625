import type { ReactElement } from 'react'
import { useState } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import type { DemoInfo, DemoWorkflow } from './demoInfo.ts'
import { HeaderWithFaults } from './faults/HeaderWithFaults.tsx'
import { PageHeader } from './PageHeader.tsx'
import { ApprovalCard } from './panels/ApprovalCard.tsx'
import { Composer } from './panels/Composer.tsx'
import { Conversation } from './panels/Conversation.tsx'
import { EventsPanel } from './panels/EventsPanel.tsx'
import { PlanPanel } from './panels/PlanPanel.tsx'
import { ResultPanel } from './panels/ResultPanel.tsx'
import { RunHeader } from './panels/RunHeader.tsx'
import { SignInCard } from './panels/SignInCard.tsx'
import { StepsPanel } from './panels/StepsPanel.tsx'
import { TimelinePanel } from './panels/TimelinePanel.tsx'
import { WorkflowChoice } from './panels/WorkflowChoice.tsx'
import { RunContext, useRun } from './runContext.ts'
import { schemas } from './schemas.ts'
import { useChosenWorkflow } from './useChosenWorkflow.ts'
import { useTaskInAddress } from './useTaskInAddress.ts'

/** The whole page: a conversation on one side, what the run does on the other, and what may go wrong. */
export function Page({ demo }: { readonly demo: DemoInfo }): ReactElement {
  const [workflow, choose] = useChosenWorkflow(demo.workflows)
  if (workflow !== undefined) return <Workspace demo={demo} workflow={workflow} onChoose={choose} />
  return (
    <>
      <PageHeader mode={demo.mode} />
      <main className="empty"><p>The dev server serves no workflow.</p></main>
    </>
  )
}

interface WorkspaceProps {
  readonly demo: DemoInfo
  readonly workflow: DemoWorkflow
  readonly onChoose: (workflow: DemoWorkflow) => void
}

function Workspace({ demo: { mode, workflows }, workflow, onChoose }: WorkspaceProps): ReactElement {
  const [taskId, onTaskId] = useTaskInAddress(workflow.id)
  // The conversation's id outlives this view: whoever comes back to a workflow finds its run as it is by then.
  const options = { workflowId: workflow.id, id: `demo ${workflow.id}`, taskId, onTaskId, schema: schemas[workflow.scenario ?? ''] }
  const [chosenTurn, setChosenTurn] = useState<number>()
  const showLatestTurn = (): void => { setChosenTurn(undefined) }
  const choose = (chosen: DemoWorkflow): void => {
    showLatestTurn()
    onChoose(chosen)
  }
  return (
    <RunContext value={{ mode, options }}>
      {mode === 'simulator' ? <HeaderWithFaults /> : <PageHeader mode={mode} />}
      <main className="page">
        <div className="talk">
          <WorkflowChoice workflows={workflows} chosen={workflow} onChoose={choose} />
          <Conversation key={`${workflow.id} conversation`} chosenTurn={chosenTurn} onShowTurn={setChosenTurn} />
          <Composer key={`${workflow.id} composer`} sampleInput={workflow.sampleInput ?? ''} onSubmit={showLatestTurn} />
        </div>
        <RunPanels key={workflow.id} chosenTurn={chosenTurn} />
      </main>
    </RunContext>
  )
}

function RunPanels({ chosenTurn }: { readonly chosenTurn: number | undefined }): ReactElement {
  const lastTurn = useRun(selectLastTurn)
  const shownTurn = chosenTurn ?? lastTurn
  return (
    <div className="run">
      <RunHeader />
      <SignInCard />
      <ApprovalCard />
      <TimelinePanel shownTurn={shownTurn} />
      <StepsPanel shownTurn={shownTurn} />
      <PlanPanel shownTurn={shownTurn} />
      <ResultPanel shownTurn={shownTurn} />
      <EventsPanel />
    </div>
  )
}

const selectLastTurn = (run: WorkflowRun): number => run.turns.length - 1
