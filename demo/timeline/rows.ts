import type { GraphNode, NodeId } from 'use-workflow-stream'

/** One row of the timeline: a node that the run has touched, or one of the canvas that it has not. */
export interface TimelineRow {
  readonly id: NodeId
  /** How many nodes hold it. */
  readonly depth: number
  /** The canvas node, while nothing of it was seen. */
  readonly untouched: GraphNode | undefined
}

/** Nodes in the order in which they were seen, then what has not run; each inside the node that holds it. */
export function timelineRows(seen: readonly NodeId[], canvas: readonly GraphNode[]): readonly TimelineRow[] {
  const seenIds = new Set(seen)
  // A pointer is a jump to another node, which has a row of its own.
  const untouched = canvas.filter((node) => !seenIds.has(node.id) && node.sourceNodeId === undefined)
  const untouchedById = new Map(untouched.map((node) => [node.id, node]))
  const parents = new Map(canvas.map((node) => [node.id, node.parentId]))
  const ids = [...seen, ...untouched.map((node) => node.id)]
  const known = new Set(ids)
  const held = new Map<NodeId | undefined, NodeId[]>()
  for (const id of ids) {
    const parentId = parents.get(id)
    const holder = parentId !== undefined && known.has(parentId) ? parentId : undefined
    held.set(holder, [...(held.get(holder) ?? []), id])
  }

  const rows: TimelineRow[] = []
  const add = (parentId: NodeId | undefined, depth: number): void => {
    for (const id of held.get(parentId) ?? []) {
      rows.push({ id, depth, untouched: untouchedById.get(id) })
      add(id, depth + 1)
    }
  }
  add(undefined, 0)
  return rows
}
