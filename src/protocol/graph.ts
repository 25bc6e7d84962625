import { isFields, readFields, readList, readText, readTexts } from './wire.ts'

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

/** Deeper nodes are left out: no canvas nests so far, and a walk must not overflow the stack. */
const maxNesting = 50

/** The canvas from `GET /v1/workflows/{id}/nodes`, or from a workflow that holds its nodes. What is no node is left out. */
export function decodeGraph(value: unknown): WorkflowGraph {
  const nodes = new Map<string, GraphNode>()
  const conditions = new Map<string, unknown>()
  const groupNames = new Map<unknown, string | undefined>()
  const add = (list: unknown, ancestors: readonly string[]): void => {
    for (const node of readList(list).filter(isFields)) {
      const id = readText(node.id)
      // A node within itself would send everyone who follows parents round in circles.
      if (id === undefined || ancestors.includes(id) || ancestors.length > maxNesting) continue
      const parentId = ancestors.at(-1)
      const known = nodes.get(id)
      const definition = readFields(node.definition)
      nodes.set(id, {
        id,
        type: readText(node.type) ?? 'unknown',
        name: readText(node.name) ?? id,
        nextNodeIds: readTexts(node.next_node_ids),
        operationId: readText(node.operation_id) ?? readText(definition.operation_id),
        assetId: readText(node.asset_id) ?? readText(definition.asset_id),
        targetAgentId: readText(node.target_agent_id),
        sourceNodeId: readText(node.source_node_id) ?? readText(definition.source_node_id),
        // Listed twice, flat and within its parallel node: the second only says where it stands.
        ...known,
        parentId: known?.parentId ?? parentId,
      })
      conditions.set(id, conditions.get(id) ?? node.condition)
      for (const group of readList(definition.groups).map(readFields)) groupNames.set(group.id, readText(group.name))
      add(definition.nodes, [...ancestors, id])
    }
  }
  const holder = readFields(value)
  add(Array.isArray(value) ? value : (holder.nodes ?? holder.items ?? holder.orchestration_nodes), [])
  const edges = [...nodes.values()].flatMap(({ id: source, nextNodeIds }) =>
    nextNodeIds.filter((target) => nodes.has(target)).map((target) => ({
      id: `${source}->${target}`,
      source,
      target,
      label: readLabel(conditions.get(target), groupNames),
    })),
  )
  return { nodes: [...nodes.values()], edges }
}

const conditionWords = new Map(Object.entries({
  equal: '=',
  not_equal: '≠',
  gt: '>',
  lt: '<',
  gte: '≥',
  lte: '≤',
  regex: 'matches',
  not_empty: 'is not empty',
}))

/** A condition stands on the branch's target (xpander-api.md 10.2): `score > 5`, `Billing`, `else`. */
function readLabel(condition: unknown, groupNames: ReadonlyMap<unknown, string | undefined>): string | undefined {
  const { type, term, group_id, path, value } = readFields(condition)
  const group = readText(group_id)
  if (group !== undefined) return groupNames.get(group) ?? group
  const word = readText(type)
  if (word === undefined) return undefined
  return [path, conditionWords.get(word) ?? word, value ?? term]
    .filter((part) => part !== '' && typeof (part ?? {}) !== 'object')
    .join(' ')
}
