import { seededRandom } from './random.ts'
import type { WireCanvasNode, WireCondition, WireNode } from './wire.ts'

/** A node on the canvas of a scenario's workflow. */
export interface ScenarioNode {
  readonly id: string
  /** `agent`, `action`, `classifier`, `guardrail`, `summarizer`, `code`, `wait`, `parallel`, ... or any other word. */
  readonly type: string
  /** @defaultValue the id */
  readonly name?: string
  readonly description?: string
  /** Ids of the nodes that follow. */
  readonly next?: readonly string[]
  /** Of an `action`: the operation that its tool calls name. */
  readonly operationId?: string
  readonly assetId?: string
  readonly connectionId?: string
  /** Of an `agent`: the agent that runs. @defaultValue an id made from the node's */
  readonly agentId?: string
  /** When a branch leads here. */
  readonly condition?: Partial<WireCondition> & Pick<WireCondition, 'type'>
  /** How often the service tries again; shown on the canvas, the steps say what happens. */
  readonly maxRetries?: number
  /** How often the node loops; shown on the canvas, the steps say what happens. */
  readonly maxIterations?: number
  /** Of a `parallel`: the nodes inside. */
  readonly nodes?: readonly ScenarioNode[]
  /** What else the definition of this type holds: `groups` of a classifier, `code`, `instructions`, ... */
  readonly definition?: Readonly<Record<string, unknown>>
}

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
