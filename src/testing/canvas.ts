import { seededRandom } from './random.ts'
import type { ScenarioNode } from './scenario.ts'
import type { WireCanvasNode, WireNode } from './wire.ts'

/** Every node, those inside `parallel` nodes right after the node that holds them. */
export function allNodes(nodes: readonly ScenarioNode[]): readonly ScenarioNode[] {
  return nodes.flatMap((node) => [node, ...allNodes(node.nodes ?? [])])
}

/** The agent that an `agent` node runs. */
export const agentOf = (node: ScenarioNode): string => node.agentId ?? seededRandom(`agent/${node.id}`).uuid()

/** A node in the simplified shape of `GET /v1/workflows/{id}/nodes`. */
export function toWireNode(node: ScenarioNode): WireNode {
  return {
    id: node.id,
    type: node.type,
    name: node.name ?? node.id,
    next_node_ids: node.next ?? [],
    asset_id: assetOf(node),
    connection_id: node.connectionId ?? null,
    operation_id: node.operationId ?? null,
    target_agent_id: node.type === 'agent' ? agentOf(node) : null,
  }
}

/** A node in the full shape of `orchestration_nodes`. */
export function toCanvasNode(node: ScenarioNode): WireCanvasNode {
  const { maxRetries, maxIterations, condition } = node
  return {
    id: node.id,
    type: node.type,
    name: node.name ?? node.id,
    description: node.description ?? null,
    next_node_ids: node.next ?? [],
    condition: condition ? { term: null, group_id: null, path: null, value: null, ...condition } : null,
    retry_strategy: { enabled: maxRetries !== undefined, max_retries: maxRetries ?? 3 },
    iterative_strategy: { enabled: maxIterations !== undefined, max_iterations: maxIterations ?? 3, end_condition: null },
    stop_strategy: { enabled: true, stop_on_failure: true, stop_on_condition: null },
    definition: {
      ...(assetOf(node) === null ? {} : { asset_id: assetOf(node) }),
      ...(node.nodes ? { nodes: node.nodes.map(toCanvasNode) } : {}),
      ...node.definition,
    },
    input_type: 'text',
    input_schema: null,
    input_instructions: null,
    agentic_context_input_instructions: null,
    agentic_context_output_instructions: null,
    return_this: false,
  }
}

// The asset of an action node stands for connection and operation together.
function assetOf(node: ScenarioNode): string | null {
  if (node.assetId !== undefined) return node.assetId
  if (node.type === 'agent') return agentOf(node)
  return node.operationId === undefined ? null : `${node.connectionId ?? 'builtin'}:${node.operationId}`
}
