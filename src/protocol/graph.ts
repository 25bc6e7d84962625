/** A node of the workflow's canvas (`GET /v1/workflows/{id}/nodes`, xpander-api.md 10.3). */
export interface GraphNode {
  readonly id: string
  /** An open word: `agent`, `action`, `classifier`, `wait`, `parallel`, ... (xpander-api.md 10.4). */
  readonly type: string
  readonly name: string
  readonly nextNodeIds: readonly string[]
  readonly operationId: string | undefined
  readonly assetId: string | undefined
  readonly targetAgentId: string | undefined
  /** The `parallel` node that holds this one. */
  readonly parentId: string | undefined
  /** Of a `node_pointer`: the node that it jumps to. */
  readonly sourceNodeId: string | undefined
}

export interface GraphEdge {
  readonly id: string
  readonly source: string
  readonly target: string
  /** The branch's condition in words, when the service sent one. */
  readonly label: string | undefined
}

/** The canvas of a workflow, nodes in the order in which the service lists them. */
export interface WorkflowGraph {
  readonly nodes: readonly GraphNode[]
  readonly edges: readonly GraphEdge[]
}

/** The canvas from `/nodes`, or from a workflow that holds its nodes. What is no node is left out. */
export function decodeGraph(value: unknown): WorkflowGraph {
  const { nodes: listed, items, orchestration_nodes } = readFields(value)
  const nodes = new Map<string, GraphNode>()
  // Branch conditions by the node that they lead to, and names of the groups that they may mean.
  const labels = new Map<string, string>()
  const groupNames = new Map<unknown, string | undefined>()

  const add = (list: unknown, ancestors: readonly string[]): void => {
    for (const node of readList(list).filter(isFields)) {
      const id = readText(node.id)
      // A node within itself is a mistake that would make parents go round in circles.
      if (id === undefined || ancestors.includes(id) || ancestors.length > maxNesting) continue
      const parentId = ancestors.at(-1)
      const known = nodes.get(id)
      if (known) {
        // Listed twice, flat and within its parallel node: the second adds only where it stands.
        nodes.set(id, { ...known, parentId: known.parentId ?? parentId })
        continue
      }
      const definition = readFields(node.definition)
      nodes.set(id, {
        id,
        type: readText(node.type) ?? 'unknown',
        name: readText(node.name) ?? id,
        nextNodeIds: readTexts(node.next_node_ids),
        operationId: readText(node.operation_id) ?? readText(definition.operation_id),
        assetId: readText(node.asset_id) ?? readText(definition.asset_id),
        targetAgentId: readText(node.target_agent_id),
        parentId,
        sourceNodeId: readText(definition.source_node_id) ?? readText(node.source_node_id),
      })
      for (const group of readList(definition.groups).map(readFields)) groupNames.set(group.id, readText(group.name))
      conditions.set(id, readFields(node.condition))
      add(definition.nodes, [...ancestors, id])
    }
  }
}
