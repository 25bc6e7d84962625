import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { useRun } from '../runContext.ts'
import { Icon } from '../parts/Icon.tsx'

/** The line broke while the run was under way. */
export function LostCard(): ReactElement | null {
  const code = useRun(selectLoss)
  if (code === undefined) return null
  return (
    <section className="card" data-tone="failed" aria-label="Connection">
      <p className="card-title"><Icon name="alert" /> The connection to this run was lost</p>
      <p>
        Everything that came until then is kept, and the run may still go on without us. Stop asks the service to end it;
        New conversation leaves it alone.
      </p>
      <p className="note"><code>{code}</code></p>
    </section>
  )
}

const selectLoss = ({ connection, isRunning, error }: WorkflowRun) =>
  connection === 'lost' && isRunning ? (error?.code ?? 'unknown') : undefined
