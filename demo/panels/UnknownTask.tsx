import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { useRun } from '../runContext.ts'
import { ErrorNote } from './ErrorNote.tsx'

/** The task that the address names could not be read. */
export function UnknownTask(): ReactElement | null {
  const { error, reset } = useRun(selectError)
  if (error === null) return null
  return (
    <div className="unknown-task">
      <ErrorNote error={error} />
      <button type="button" className="button small" onClick={reset}>Begin a new conversation</button>
    </div>
  )
}

const selectError = ({ turns, error, reset }: WorkflowRun) => ({ error: turns.length === 0 ? error : null, reset })
