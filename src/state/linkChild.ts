import type { Draft } from './draft.ts'
import { stepIndex } from './draft.ts'
import { nodeFor, stepId, subAgentAt } from './reduceEvent.ts'
import { graphNode } from './resolveNode.ts'
import { agentKey, childKey, closePlace } from './stepIndex.ts'
import type { StepPlace } from './stepIndex.ts'
import type { NodeId, RunStatus, TaskId } from './taskState.ts'
import { changeStep, endAttempt, holdsManyCalls, outcomeOf, placeStep } from './timeline.ts'

/** What a frame tells of a child run. */
export interface ChildSight {
  readonly taskId: TaskId
  readonly agentId: string | undefined
  readonly query: string | undefined
  readonly at: number
}

/** Joins a child run with the step that triggered it; `undefined` while it cannot be told which one that was. */
export function linkChild(parent: Draft, child: ChildSight): { readonly nodeId: NodeId | null } | undefined {
  if (!parent.task.childTaskIds.includes(child.taskId)) {
    parent.task.childTaskIds = [...parent.task.childTaskIds, child.taskId]
  }
  const { open } = stepIndex(parent)
  const known = open.get(childKey(child.taskId))?.[0]
  if (known) return known
  if (child.agentId === undefined) return undefined

  const key = agentKey(child.agentId)
  const waiting = (open.get(key) ?? []).filter((place) => subAgentAt(parent, place)?.taskId === null)
  const asked = waiting.filter((place) => subAgentAt(parent, place)?.query === child.query)
  const place = waiting.length === 1 ? waiting[0] : asked[0]
  const step = place && subAgentAt(parent, place)
  if (place && step) {
    closePlace(stepIndex(parent), key, place)
    changeStep(parent, place, { ...step, taskId: child.taskId })
    return place
  }
  return placeStep(parent, nodeFor(parent, { agentId: child.agentId }), {
    kind: 'subAgent',
    id: stepId(parent),
    attempt: null,
    status: 'running',
    startedAt: child.at,
    endedAt: null,
    title: null,
    agentId: child.agentId,
    taskId: child.taskId,
    triggerId: null,
    query: null,
  })
}

/** The child run is over: its step is, and so is the attempt of the node whose own run it was. */
export function endChild(parent: Draft, taskId: TaskId, status: RunStatus, at: number): void {
  const place: StepPlace | undefined = stepIndex(parent).open.get(childKey(taskId))?.[0]
  const step = place && subAgentAt(parent, place)
  if (!place || step?.status !== 'running') return
  const outcome = outcomeOf(status)
  changeStep(parent, place, { ...step, status: outcome, endedAt: at })
  const node = place.nodeId === null ? undefined : parent.nodes.get(place.nodeId)
  if (node === undefined || step.attempt === null || !holdsManyCalls(node.type)) return
  const canvas = graphNode(parent.graph, node.id)
  const isOwnRun = step.agentId !== null && (canvas?.targetAgentId === step.agentId || canvas?.assetId === step.agentId)
  if (isOwnRun && node.attempts[step.attempt]?.endedAt === null) endAttempt(parent, node, step.attempt, outcome, at)
}
