import type { WorkflowGraph } from '../protocol/graph.ts'
import { canvasFields, editNode, editSteps, isSame, nodeOf, stepsOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { graphNode, resolveNode } from './resolveNode.ts'
import type { NodeHints } from './resolveNode.ts'
import { isSettled, own } from './taskState.ts'
import type { NodeId, Step, TimelineNode } from './taskState.ts'
import { endTimeline, holdsManyCalls, nodeExecuted, outcomeOf, placeStep } from './timeline.ts'

/**
 * The canvas arrived: nodes get their names and types, pointers join the node that they jump to, and steps that no
 * node could be named for are resolved again.
 */
export function regraph(draft: Draft, graph: WorkflowGraph): void {
  const { task, memory } = draft
  draft.graph = graph
  draft.isRegraphed = true
  const moving: { nodeId: NodeId; step: Step }[] = []
  const ended: { nodeId: NodeId; at: number }[] = []
  for (const id of task.nodeOrder) {
    const node = nodeOf(draft, id)
    const known = graphNode(graph, id)
    if (node === undefined || known === undefined) continue
    const fields = canvasFields(graph, id)
    // What looked like many attempts was one, now that the node is known to make many calls in one.
    const isRead = node.type !== null || !holdsManyCalls(fields.type)
    if (known.id === id && isRead) {
      if (!isSame(fields, { name: node.name, type: node.type, parentId: node.parentId })) {
        Object.assign(editNode(draft, id), fields)
      }
      continue
    }
    for (const step of node.steps) moving.push({ nodeId: known.id, step })
    const end = node.attempts.at(-1)?.endedAt ?? null
    if (end !== null && (node.steps.length === 0 || memory.lastExecutedNodeId === id)) ended.push({ nodeId: known.id, at: end })
    removeNode(draft, id)
  }
  const left: Step[] = []
  for (const step of stepsOf(draft, null)) {
    const nodeId = resolveNode(hintsOf(step), graph, (id) => own(task.nodes, id) !== undefined, memory.enclosingNodeId)
    if (nodeId === undefined) left.push(step)
    else moving.push({ nodeId, step })
  }
  if (moving.length + ended.length === 0) return

  editSteps(draft, null)
  draft.unassigned = left
  draft.index = { seen: new Set(), open: new Map() }
  moving.sort((one, other) => sightOf(one.step) - sightOf(other.step))
  for (const { nodeId, step } of moving) placeStep(draft, nodeId, step)
  for (const { nodeId, at } of ended) nodeExecuted(draft, nodeId, at)
  if (isSettled(task.status)) endTimeline(draft, outcomeOf(task.status), task.finishedAt ?? memory.lastEventAt)
  draft.index = undefined
  task.nodeOrder = [...task.nodeOrder].sort((one, other) => firstSight(draft, one) - firstSight(draft, other))
}

const hintsOf = (step: Step): NodeHints => (step.kind === 'toolCall' || step.kind === 'subAgent' ? step : {})

const sightOf = (step: Step): number => step.startedAt ?? step.endedAt ?? 0

function firstSight(draft: Draft, id: NodeId): number {
  const attempt = nodeOf(draft, id)?.attempts[0]
  return attempt?.startedAt ?? attempt?.endedAt ?? 0
}

function removeNode({ task, nodes }: Draft, id: NodeId): void {
  nodes.delete(id)
  task.nodeOrder = task.nodeOrder.filter((other) => other !== id)
  const rest: [NodeId, TimelineNode][] = Object.entries(task.nodes).filter(([other]) => other !== id)
  task.nodes = Object.fromEntries(rest)
}
