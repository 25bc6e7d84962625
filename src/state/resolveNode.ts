import type { GraphNode, WorkflowGraph } from '../protocol/graph.ts'
import type { NodeId } from './taskState.ts'

/** What an event or a step tells about the node it belongs to. */
export interface NodeHints {
  readonly kind?: string
  readonly nodeId?: string | null | undefined
  readonly operationId?: string | null | undefined
  readonly requestId?: string | null | undefined
  readonly toolCallId?: string | null | undefined
  readonly toolName?: string | null | undefined
  readonly agentId?: string | null | undefined
}

/** Canvas nodes by what events call them; `null` where more than one node answers to it. */
interface GraphIndex {
  readonly byId: ReadonlyMap<string, GraphNode>
  readonly byOperation: ReadonlyMap<string, NodeId | null>
  readonly byAgent: ReadonlyMap<string, NodeId | null>
  readonly byName: ReadonlyMap<string, NodeId | null>
  /** How many nodes there are to run: a pointer is none of its own. */
  readonly total: number
}

const indexes = new WeakMap<WorkflowGraph, GraphIndex>()

/** The canvas node with this id; a pointer answers with the node that it jumps to (xpander-api.md 10.4). */
export function graphNode(graph: WorkflowGraph | undefined, id: NodeId): GraphNode | undefined {
  if (graph === undefined) return undefined
  const { byId } = graphIndex(graph)
  const node = byId.get(id)
  return node?.sourceNodeId === undefined ? node : (byId.get(node.sourceNodeId) ?? node)
}

/** The id under which a node's events are kept. */
export const canonicalId = (graph: WorkflowGraph | undefined, id: NodeId): NodeId => graphNode(graph, id)?.id ?? id

/**
 * The node that an event belongs to, by the signals of xpander-api.md section 8 in their order.
 * Ambiguous means `undefined`, never a guess.
 */
export function resolveNode(
  hints: NodeHints,
  graph: WorkflowGraph | undefined,
  isSeen: (id: NodeId) => boolean,
): NodeId | undefined {
  const index = graph && graphIndex(graph)
  const named = [hints.operationId, hints.requestId, hints.toolCallId].find((id) => id && (isSeen(id) || index?.byId.has(id)))
  const found =
    hints.nodeId || named ||
    index?.byOperation.get(hints.operationId ?? '') ||
    index?.byName.get(hints.toolName ?? '') ||
    index?.byAgent.get(hints.agentId ?? '')
  return found ? canonicalId(graph, found) : undefined
}

/** What is looked up on a canvas, made once. */
export function graphIndex(graph: WorkflowGraph): GraphIndex {
  const known = indexes.get(graph)
  if (known) return known
  const { nodes } = graph
  // A pointer repeats what its source says of itself, so it must not make the source ambiguous.
  const own = nodes.filter((node) => node.sourceNodeId === undefined)
  const index: GraphIndex = {
    byId: new Map(nodes.map((node) => [node.id, node])),
    byOperation: group(own, (node) => [node.operationId, node.assetId]),
    byAgent: group(own, (node) => [node.targetAgentId, node.assetId]),
    byName: group(own, (node) => [node.name]),
    total: own.length,
  }
  indexes.set(graph, index)
  return index
}

function group(
  nodes: readonly GraphNode[],
  namesOf: (node: GraphNode) => readonly (string | undefined)[],
): Map<string, NodeId | null> {
  const groups = new Map<string, NodeId | null>()
  for (const node of nodes) {
    for (const name of new Set(namesOf(node))) {
      if (name) groups.set(name, groups.has(name) ? null : node.id)
    }
  }
  return groups
}
