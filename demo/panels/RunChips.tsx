import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { connectionLooks, runLooks, stoppingLook } from '../parts/words.ts'
import { useRun } from '../runContext.ts'

/** How the run is, and apart from it how our line to it is. */
export function RunChips(): ReactElement {
  const { status, connection, isStopping } = useRun(selectStates)
  return (
    <>
      <StatusLabel look={isStopping ? stoppingLook : runLooks[status]} isChip />
      <StatusLabel look={connectionLooks[connection]} isChip />
    </>
  )
}

const selectStates = ({ status, connection, isStopping }: WorkflowRun) => ({ status, connection, isStopping })
