import { describeNode } from './describeNode.ts'
import type { Draft } from './taskDraft.ts'
import { keepItems } from './keep.ts'
import { setOwn } from './own.ts'
import { graphIndex, graphNode } from './resolveNode.ts'
import { UNASSIGNED, inOrder, isStepSeen } from './sights.ts'
import type { NodeId, TimelineNode, Turn } from './taskState.ts'

/** Draws the nodes that something was seen of, and those that hold them. */
export function drawTimeline({ task, graph, sights }: Draft): void {
  if (!sights || sights.dirty.size === 0) return
  const { homes, dirty } = sights
  const timeline: TimelineNode[] = []
  const innerOf = new Map<NodeId, TimelineNode[]>()
  let isAsBefore = true
  // What holds a node comes before it, so that backwards it is drawn after all that it holds, and may be held itself.
  for (const home of [...homes.values()].reverse()) {
    const { id, seen } = home
    const isDirty = dirty.has(home)
    if (isDirty && home.isMixed) seen.sort(inOrder)
    home.isMixed &&= !isDirty
    if (id === UNASSIGNED) {
      if (isDirty) task.unassigned = keepItems(task.unassigned, seen.filter(isStepSeen).map(({ what }) => what))
      continue
    }
    const node = isDirty || !home.node ? describeNode(home, innerOf.get(id), graph, task) : home.node
    isAsBefore &&= node === home.node
    home.node = node
    timeline.push(node)
    const { parentId } = node
    const holder = parentId === null ? undefined : homes.get(parentId)
    if (!holder) continue
    const inner = innerOf.get(holder.id)
    if (inner) inner.push(node)
    else innerOf.set(holder.id, [node])
    if (isDirty) dirty.add(holder)
  }
  dirty.clear()
  const isWhole = isAsBefore && timeline.length === task.timeline.length
  task.timeline = keepItems(task.timeline, timeline.reverse())
  task.nodeOrder = keepItems(task.nodeOrder, timeline.map(({ id }) => id))
  if (isWhole) return
  const nodes: Record<NodeId, TimelineNode> = {}
  for (const node of timeline) setOwn(nodes, node.id, node)
  task.nodes = nodes
}

/** How far the run is by the canvas it is on, else by its plan. */
export function progressOf({ status, timeline, plan }: Turn, graph: Draft['graph']): Turn['progress'] {
  const total = graph ? graphIndex(graph).total : 0
  const parts = plan?.tasks ?? []
  if (total === 0) return parts.length > 0 ? { done: parts.filter((part) => part.isCompleted).length, total: parts.length } : null
  const seen = timeline.filter(({ id }) => graphNode(graph, id)?.id === id)
  const done = seen.filter((node) => node.endedAt !== null).length
  // What a run that went well never came to is done with it.
  return { done: done + (status === 'completed' ? total - seen.length : 0), total }
}
