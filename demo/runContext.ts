import { createContext, use } from 'react'
import type { TaskId, UseWorkflowStreamOptions, WorkflowRun } from 'use-workflow-stream'
import { useWorkflowStream } from 'use-workflow-stream'
import type { DemoInfo } from './demoInfo.ts'

/** What the panels share: which run they show, and whether it is a simulated one. */
export interface RunContextValue {
  readonly options: UseWorkflowStreamOptions
  readonly mode: DemoInfo['mode']
}

/** Set once by the page; every panel below it shows the same conversation. */
export const RunContext = createContext<RunContextValue>({ options: { workflowId: '' }, mode: 'simulator' })

/** A panel's part of the run: the panel renders again only when that part changed. */
export function useRun<Selected>(select: (run: WorkflowRun) => Selected): Selected {
  return useWorkflowStream(use(RunContext).options, select)
}

/** Finds the task in the hooks by id; a submit's key does so before the service named the task. */
export const runKey = (run: WorkflowRun): TaskId | undefined => run.taskId ?? run.turns.at(-1)?.key
