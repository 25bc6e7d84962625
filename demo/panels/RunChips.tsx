import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { connectionLooks } from '../parts/words.ts'
import { useRun } from '../runContext.ts'
import { runLook } from '../runLook.ts'

/** How the run is, and apart from it how our line to it is. */
export function RunChips(): ReactElement {
  const { look, connection } = useRun(selectStates)
  return (
    <>
      <StatusLabel look={look} isChip />
      <StatusLabel look={connectionLooks[connection]} isChip />
    </>
  )
}

const selectStates = (run: WorkflowRun) => ({ look: runLook(run), connection: run.connection })
