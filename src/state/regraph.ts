import type { WorkflowGraph } from '../protocol/graph.ts'
import { UNASSIGNED, editSight, forgetCalls, stepsOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { canonicalId, graphNode } from './resolveNode.ts'
import { nodeFor } from './reduceEvent.ts'
import { own } from './taskState.ts'
import type { NodeId, Step } from './taskState.ts'

/**
 * The canvas arrived: nodes get their names and types, what was seen of a pointer goes to the node that it jumps to,
 * and steps that no node could be named for are resolved again.
 */
export function regraph(draft: Draft, graph: WorkflowGraph): void {
  const { turn, sights } = draft
  draft.graph = graph
  forgetCalls(draft)
  turn.progress = null
  for (const id of turn.nodeOrder) {
    const target = canonicalId(graph, id)
    const { steps, waits, executions } = editSight(draft, id)
    if (target === id) continue
    const sight = editSight(draft, target)
    sight.steps.push(...steps)
    sight.waits.push(...waits)
    sight.executions.push(...executions)
    sights.delete(id)
    turn.nodeOrder = turn.nodeOrder.filter((other) => other !== id)
    turn.nodes = Object.fromEntries(Object.entries(turn.nodes).filter(([other]) => other !== id))
  }
  reassign(draft)
}

/** Steps that no node could be named for are resolved again. */
export function reassign(draft: Draft): void {
  const { turn, sights, graph } = draft
  const left: Step[] = []
  for (const step of stepsOf(draft, UNASSIGNED)) {
    const id = nodeFor(draft, step.kind === 'toolCall' || step.kind === 'subAgent' ? step : {})
    if (id === UNASSIGNED) left.push(step)
    else editSight(draft, id).steps.push(step)
  }
  if (left.length < stepsOf(draft, UNASSIGNED).length) {
    editSight(draft, UNASSIGNED).steps.splice(0, Infinity, ...left)
    forgetCalls(draft)
  }
  for (const { steps, executions } of sights.values()) {
    steps.sort((one, other) => startOf(one) - startOf(other))
    executions.sort((one, other) => one - other)
  }
  const firstSight = (id: NodeId): number => {
    const { steps = [], waits = [], executions = [] } = sights.get(id) ?? own(turn.nodes, id) ?? {}
    const inner = turn.nodeOrder.filter((other) => other !== id && graphNode(graph, other)?.parentId === id)
    return Math.min(...steps.map(startOf), ...waits.map((wait) => wait.startedAt), ...executions, ...inner.map(firstSight))
  }
  const order = turn.nodeOrder.map((id) => ({ id, at: firstSight(id) })).sort((one, other) => one.at - other.at)
  turn.nodeOrder = order.map(({ id }) => id)
}

const startOf = (step: Step): number => step.startedAt ?? step.endedAt ?? 0
