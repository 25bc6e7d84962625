import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { useRun } from '../runContext.ts'
import { isUnread, runLook } from '../runLook.ts'
import { ErrorNote } from './ErrorNote.tsx'

/** Stands for the turns of the task that the address names until it was read, and says so when that failed. */
export function UnreadTask(): ReactElement | null {
  const { isShown, error, look, reset } = useRun(selectUnread)
  if (!isShown) return null
  if (error === null) {
    return (
      <div className="empty">
        <p className="empty-title">{look.word}</p>
        <p>The address names a run. What was asked and answered appears here once it was read.</p>
      </div>
    )
  }
  return (
    <div className="unread-task">
      <ErrorNote error={error} />
      <button type="button" className="button small" onClick={reset}>Begin a new conversation</button>
    </div>
  )
}

const selectUnread = (run: WorkflowRun) => ({ isShown: isUnread(run), error: run.error, look: runLook(run), reset: run.reset })
