import type { NodeId, Step, SubAgentStep, ToolCallStep } from './taskState.ts'

/** Where a step stands: in a node's steps, or among the unassigned when `nodeId` is null. */
export interface StepPlace {
  readonly nodeId: NodeId | null
  readonly position: number
}

/** What makes finding a step independent of how many there are. All of it can be read off the steps again. */
export interface StepIndex {
  /** A word for each frame that became a step: its time and content. Two frames with one word are copies. */
  readonly seen: Set<string>
  /** Steps of which the other half may still come, by `callKey`, `agentKey` or `childKey`. */
  readonly open: Map<string, StepPlace[]>
}

type Call = Pick<ToolCallStep, 'toolCallId' | 'requestId' | 'operationId' | 'toolName'>

/** Correlates a tool call's request and result: tool_call_id, else request_id, else the operation (xpander-api.md 7.3). */
export function callKey(call: Call): string {
  if (call.toolCallId) return `c ${call.toolCallId}`
  if (call.requestId) return `r ${call.requestId}`
  return `o ${call.operationId ?? ''} ${call.operationId ? '' : (call.toolName ?? '')}`
}

export const agentKey = (agentId: string | null): string => `a ${agentId ?? ''}`

export const childKey = (taskId: string): string => `t ${taskId}`

/** The words of the frames that a step was made of. */
export function stepWords(step: Step): string[] {
  if (step.kind === 'toolCall') {
    const key = callKey(step)
    // A call with an id of its own needs no look at its content.
    const word = (half: string, at: number, content: unknown): string =>
      `${half} ${at} ${key} ${key.startsWith('o') ? JSON.stringify(content) : ''}`
    const words: string[] = []
    if (step.startedAt !== null) words.push(word('request', step.startedAt, step.input))
    if (step.endedAt !== null && step.status !== 'unanswered') words.push(word('result', step.endedAt, step.output))
    return words
  }
  if (step.kind === 'subAgent') {
    return isTriggered(step) ? [JSON.stringify([step.startedAt, step.triggerId, step.agentId, step.query])] : []
  }
  return [JSON.stringify([step.kind, step.startedAt, step.title, step.text, step.action, step.result])]
}

/** False for a step that only a child run told of. */
export const isTriggered = (step: SubAgentStep): boolean => step.triggerId !== null || step.query !== null

/** Notes a step as it now stands. */
export function noteStep(index: StepIndex, step: Step, place: StepPlace): void {
  for (const word of stepWords(step)) index.seen.add(word)
  if (step.kind === 'toolCall') {
    if (step.status === 'running' || step.startedAt === null) add(index, callKey(step), place)
  } else if (step.kind === 'subAgent') {
    if (step.taskId === null || !isTriggered(step)) add(index, agentKey(step.agentId), place)
    if (step.taskId !== null) add(index, childKey(step.taskId), place)
  }
}

/** The place is no longer open under that key. */
export function closePlace(index: StepIndex, key: string, place: StepPlace): void {
  const places = index.open.get(key)
  if (places === undefined) return
  const rest = places.filter((other) => other !== place)
  if (rest.length > 0) index.open.set(key, rest)
  else index.open.delete(key)
}

function add({ open }: StepIndex, key: string, place: StepPlace): void {
  const places = open.get(key)
  if (places) places.push(place)
  else open.set(key, [place])
}
