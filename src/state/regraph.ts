import type { WorkflowGraph } from '../protocol/graph.ts'
import { startOf } from './describeNode.ts'
import { UNASSIGNED, editSight, forgetIndex, stepsOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { isSame } from './isSame.ts'
import { canonicalId, graphNode } from './resolveNode.ts'
import { nodeFor } from './reduceEvent.ts'
import { own } from './own.ts'
import type { NodeId, Step } from './taskState.ts'

/**
 * The canvas arrived: nodes get their names and types, what was seen of a pointer goes to the node that it jumps to,
 * and steps that no node could be named for are resolved again.
 */
export function regraph(draft: Draft, graph: WorkflowGraph): void {
  const { turn, sights } = draft
  draft.graph = graph
  turn.progress = null
  const moved = new Set<NodeId>()
  for (const id of turn.nodeOrder) {
    const target = canonicalId(graph, id)
    const { steps, waits, executions } = editSight(draft, id)
    const sight = editSight(draft, target)
    const parentId = graphNode(graph, id)?.parentId
    if (parentId !== undefined) editSight(draft, parentId)
    if (target === id) continue
    sight.steps.push(...steps)
    sight.waits.push(...waits)
    sight.executions.push(...executions)
    moved.add(target)
    sights.delete(id)
    turn.nodeOrder = turn.nodeOrder.filter((other) => other !== id)
    turn.nodes = Object.fromEntries(Object.entries(turn.nodes).filter(([other]) => other !== id))
    if (turn.waiting?.nodeId === id) turn.waiting = { ...turn.waiting, nodeId: target }
  }
  reassign(draft, moved)
  turn.nodeOrder = inOrderOfSight(draft)
}

/** Steps that no node could be named for are resolved again. */
export function reassign(draft: Draft, moved = new Set<NodeId>()): void {
  const left: Step[] = []
  for (const step of stepsOf(draft, UNASSIGNED)) {
    const id = nodeFor(draft, step.kind === 'toolCall' || step.kind === 'subAgent' ? step : {})
    if (id === UNASSIGNED) left.push(step)
    else {
      editSight(draft, id).steps.push(step)
      moved.add(id)
    }
  }
  if (moved.size === 0) return
  editSight(draft, UNASSIGNED).steps.splice(0, Infinity, ...left)
  for (const id of moved) {
    const sight = editSight(draft, id)
    sight.from = 0
    sight.steps.sort((one, other) => startOf(one) - startOf(other))
    sight.waits.sort((one, other) => one.startedAt - other.startedAt)
    sight.executions.sort((one, other) => one - other)
  }
  // The notes of a state are what its index is found by.
  draft.notes.revision += 1
  forgetIndex(draft)
}

/** Nodes in the order in which they were first heard of, each after what holds it. */
function inOrderOfSight({ turn, sights, graph }: Draft): readonly NodeId[] {
  const seen = new Map(turn.nodeOrder.map((id) => {
    const { steps = [], waits = [], executions = [] } = sights.get(id) ?? own(turn.nodes, id) ?? {}
    const times = [...steps.map(startOf), ...waits.map((wait) => wait.startedAt), ...executions]
    return [id, { id, depth: 0, at: times.reduce((first, at) => Math.min(first, at), Infinity) }]
  }))
  for (const sight of seen.values()) {
    for (let id = graphNode(graph, sight.id)?.parentId; id !== undefined; id = graphNode(graph, id)?.parentId) {
      sight.depth += 1
      const holder = seen.get(id)
      if (holder) holder.at = Math.min(holder.at, sight.at)
    }
  }
  const order = [...seen.values()].sort((one, other) => one.at - other.at || one.depth - other.depth).map(({ id }) => id)
  return isSame(order, turn.nodeOrder) ? turn.nodeOrder : order
}
