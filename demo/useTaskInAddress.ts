import { useEffect, useState } from 'react'
import type { TaskId } from 'use-workflow-stream'

const parameter = 'task'

/** The task that each workflow shows, that of the chosen one kept in the page's address: a reload finds the run again. */
export function useTaskInAddress(workflowId: string): [TaskId | undefined, (taskId: TaskId | undefined) => void] {
  const [taskIds, setTaskIds] = useState<Readonly<Record<string, TaskId | undefined>>>(() => ({
    [workflowId]: new URLSearchParams(location.search).get(parameter) ?? undefined,
  }))
  const taskId = taskIds[workflowId]
  useEffect(() => {
    const url = new URL(location.href)
    if (taskId === undefined) url.searchParams.delete(parameter)
    else url.searchParams.set(parameter, taskId)
    history.replaceState(null, '', url)
  }, [taskId])
  const setTaskId = (next: TaskId | undefined): void => { setTaskIds((known) => ({ ...known, [workflowId]: next })) }
  return [taskId, setTaskId]
}
