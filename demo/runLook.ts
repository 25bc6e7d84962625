import type { WorkflowRun } from 'use-workflow-stream'
import { readingLook, runLooks, stoppingLook, unreadLook } from './parts/words.ts'
import type { Look } from './parts/words.ts'

/** How the run is, in a word. One that only the address names is what its status says once it was read. */
export function runLook(run: Pick<WorkflowRun, 'status' | 'isStopping' | 'connection' | 'taskId' | 'turns'>): Look {
  if (run.isStopping) return stoppingLook
  if (!isUnread(run)) return runLooks[run.status]
  return run.connection === 'closed' || run.connection === 'lost' || run.connection === 'offline' ? unreadLook : readingLook
}

/** All that is known of the run is its id. */
export const isUnread = ({ taskId, turns }: Pick<WorkflowRun, 'taskId' | 'turns'>): boolean => taskId !== undefined && turns.length === 0
