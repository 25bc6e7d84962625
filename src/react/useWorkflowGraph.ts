import { useMemo } from 'react'
import { graphView, selectTask } from '../state/selectors.ts'
import type { GraphView } from '../state/selectors.ts'
import { own } from '../state/own.ts'
import { isSettled } from '../state/runStatus.ts'
import type { TaskId } from '../state/taskState.ts'
import { storeOf, useWorkflowClient } from './clientContext.ts'
import { useSelection } from './useSelection.ts'

/** The workflow's canvas, each node and edge with its state in the run; `undefined` until the canvas was read. */
export function useWorkflowGraph(workflowId: string, taskId?: TaskId): GraphView | undefined {
  const { graph, nodes, isOver, hasGap } = useSelection(storeOf(useWorkflowClient()), (state) => {
    const task = selectTask(state, taskId)
    return { graph: own(state.graphs, workflowId), nodes: task?.nodes, isOver: isSettled(task?.status ?? 'idle'), hasGap: task?.hasGap }
  })
  return useMemo(() => graph && graphView(graph, nodes, isOver, hasGap), [graph, nodes, isOver, hasGap])
}
