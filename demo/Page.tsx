import type { ReactElement } from 'react'
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
import { useAddress } from './useAddress.ts'
import type { Address } from './useAddress.ts'
import { useConversationState } from './useConversationState.ts'

/** The whole page: a conversation on one side, what the run does on the other, and what may go wrong. */
export function Page({ demo }: { readonly demo: DemoInfo }): ReactElement {
  const address = useAddress(demo.workflows)
  const { workflow } = address
  if (workflow !== undefined) return <Workspace demo={demo} workflow={workflow} address={address} />
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
  readonly address: Address
}

function Workspace({ demo: { mode, workflows }, workflow, address }: WorkspaceProps): ReactElement {
  const { conversation, taskId, choose, onTaskId } = address
  const options = { workflowId: workflow.id, id: conversation, taskId, onTaskId, schema: schemas[workflow.scenario ?? ''] }
  const [chosenTurn, setChosenTurn] = useConversationState<number>(conversation)
  return (
    <RunContext value={{ mode, options }}>
      {mode === 'simulator' ? <HeaderWithFaults /> : <PageHeader mode={mode} />}
      <main className="page">
        <div className="talk">
          <WorkflowChoice workflows={workflows} chosen={workflow} onChoose={choose} />
          <Conversation key={`${conversation} turns`} chosenTurn={chosenTurn} onShowTurn={setChosenTurn} />
          <Composer key={workflow.id} conversation={conversation} sampleInput={workflow.sampleInput ?? ''} onSubmit={() => { setChosenTurn(undefined) }} />
        </div>
        <RunPanels key={conversation} chosenTurn={chosenTurn} />
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
