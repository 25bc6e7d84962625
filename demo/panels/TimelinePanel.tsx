import type { ReactElement } from 'react'
import { use, useEffect } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { useWorkflowClient, useWorkflowGraph } from 'use-workflow-stream'
import { Panel } from '../parts/Panel.tsx'
import { RunContext, runKey, useRun } from '../runContext.ts'
import { LiveTimeline } from '../timeline/LiveTimeline.tsx'
import { PastTimeline } from '../timeline/PastTimeline.tsx'

/** The nodes of the shown turn on a time axis. */
export function TimelinePanel({ shownTurn }: { readonly shownTurn: number }): ReactElement {
  const run = useRun((all) => selectFrame(all, shownTurn))
  const { workflowId } = use(RunContext).options
  const canvas = useWorkflowGraph(workflowId)?.nodes ?? noNodes
  const client = useWorkflowClient()
  useEffect(() => {
    // A run reads the canvas by itself; this shows what would run before anything does. Without it the rows just come.
    client?.getGraph(workflowId).catch(() => undefined)
  }, [client, workflowId])
  const aside = run.turnCount > 1 && <span className="note">Turn {shownTurn + 1} of {run.turnCount}</span>
  return (
    <Panel title="Timeline" aside={aside}>
      {run.nodeCount === 0 && canvas.length === 0 ? (
        <div className="empty"><p>The nodes of a run appear here as they start.</p></div>
      ) : run.pastTurn ? (
        <PastTimeline key={run.pastTurn.key} turn={run.pastTurn} canvas={canvas} />
      ) : (
        <LiveTimeline key={run.key} taskId={run.key} canvas={canvas} />
      )}
    </Panel>
  )
}

const noNodes: readonly never[] = []

function selectFrame(run: WorkflowRun, shownTurn: number) {
  const { turns } = run
  return {
    key: runKey(run),
    nodeCount: run.timeline.length,
    turnCount: turns.length,
    pastTurn: shownTurn < turns.length - 1 ? turns[shownTurn] : undefined,
  }
}
