import type { GraphEdge, GraphNode, WorkflowGraph } from '../protocol/graph.ts'
import { resolveKey } from './reduceWorkflow.ts'
import { canonicalId } from './resolveNode.ts'
import { own } from './own.ts'
import type { NodeStatus, RunStatus, SubmitKey, TaskId, TaskState, TimelineNode, WorkflowStoreState } from './taskState.ts'

/** The task with this id, or of the submit with this key. */
export function selectTask(state: WorkflowStoreState, idOrKey: TaskId | SubmitKey | undefined): TaskState | undefined {
  return idOrKey === undefined ? undefined : own(state.tasks, resolveKey(state, idOrKey))
}

/** Which tasks `selectTaskIds` answers with. */
export interface TaskFilter {
  readonly workflowId?: string | undefined
  readonly status?: RunStatus | readonly RunStatus[] | undefined
  /** Children of this task. @defaultValue root tasks only */
  readonly parentTaskId?: TaskId | undefined
}

/** Ids (the submit key of a task that has none yet), in the order in which the store met them. */
export function selectTaskIds(state: WorkflowStoreState, filter: TaskFilter = {}): string[] {
  const { workflowId, status, parentTaskId = null } = filter
  const statuses = status === undefined ? undefined : [status].flat()
  return Object.keys(state.tasks).filter((id) => {
    const task = own(state.tasks, id)
    return (
      task?.parentTaskId === parentTaskId &&
      (workflowId === undefined || task.workflowId === workflowId) &&
      (statuses === undefined || statuses.includes(task.status))
    )
  })
}

/** A canvas node and how it is in one run; `pending` when nothing was seen of it, `skipped` when the run is over and has not touched it. */
export interface GraphViewNode extends GraphNode {
  readonly status: NodeStatus | 'pending'
  readonly timeline: TimelineNode | undefined
}

/** A canvas edge; `taken` once both its ends have run. */
export interface GraphViewEdge extends GraphEdge {
  readonly status: 'pending' | 'taken' | 'skipped'
}

export interface GraphView {
  readonly nodes: readonly GraphViewNode[]
  readonly edges: readonly GraphViewEdge[]
}

/** A canvas with the state of each node and edge in a run, or before any. What a run with a gap has not touched nobody knows. */
export function graphView(graph: WorkflowGraph, nodes: TaskState['nodes'] = {}, isOver = false, hasGap = false): GraphView {
  const rest = isOver && !hasGap ? 'skipped' : 'pending'
  return {
    nodes: graph.nodes.map((node) => {
      const timeline = own(nodes, canonicalId(graph, node.id))
      return { ...node, status: timeline?.status ?? rest, timeline }
    }),
    edges: graph.edges.map((edge) => {
      const isTaken = own(nodes, canonicalId(graph, edge.source))?.endedAt != null && own(nodes, canonicalId(graph, edge.target)) !== undefined
      return { ...edge, status: isTaken ? 'taken' : rest }
    }),
  }
}
