import type { NodeId, Step, ToolCallStep } from './taskState.ts'

/** Where a step stands: among the steps of this node, or of none (`UNASSIGNED`). */
export interface Place {
  readonly id: NodeId
  readonly position: number
}

/** Makes finding a step independent of how many there are. Nothing in it that the steps do not say. */
export interface StepIndex {
  /** By name, oldest first: the steps that more may be told of. */
  readonly open: Map<string, Place[]>
  /** A word for each frame that a step was made of. Made when a frame first may be a copy. */
  words: Set<string> | undefined
}

/** Notes a step as it now stands, in the place of what it was. A name that it keeps, it keeps its place by. */
export function noteStep({ open, words }: StepIndex, place: Place, step: Step, before?: Step): void {
  const names = namesOf(step)
  const known = before ? namesOf(before) : []
  for (const name of known) {
    if (names.includes(name)) continue
    const places = open.get(name)
    if (places?.length === 1) open.delete(name)
    else places?.splice(places.lastIndexOf(place), 1)
  }
  for (const name of names) {
    if (known.includes(name)) continue
    const places = open.get(name)
    if (places) places.push(place)
    else open.set(name, [place])
  }
  if (words) for (const word of wordsOf(step)) words.add(word)
}

/** What a call is found by, in this order: tool_call_id, else request_id, else the operation (xpander-api.md 7.3). */
export function callNames({ toolCallId, requestId, operationId, toolName, startedAt }: ToolCallStep, isStarted = startedAt !== null): string[] {
  const kind = isStarted ? 'started' : 'ended'
  const names = [operationId === null ? `${kind} tool ${toolName}` : `${kind} operation ${operationId}`]
  if (requestId !== null) names.unshift(`${kind} request ${requestId}`)
  if (toolCallId !== null) names.unshift(`${kind} call ${toolCallId}`)
  return names
}

function namesOf(step: Step): string[] {
  if (step.kind === 'toolCall') return step.startedAt === null || step.endedAt === null ? callNames(step) : []
  if (step.kind !== 'subAgent') return []
  const { taskId, agentId, query } = step
  return [taskId === null ? `asked ${agentId}` : `task ${taskId}`, ...(query === null ? [`unasked task ${taskId}`, `unasked agent ${agentId}`] : [])]
}

/**
 * Time and content of each frame that a step was made of, for everything that the frame may have been named by: frames
 * with one word are copies. The word of a frame alone comes first.
 */
export function wordsOf(step: Step): string[] {
  const { kind, startedAt, endedAt, title } = step
  if (kind === 'toolCall') {
    const { toolCallId, requestId, operationId, toolName, input, output } = step
    return [{ at: startedAt, content: input }, { at: endedAt, content: output }].flatMap(({ at, content }, half) =>
      at === null ? [] : [
        // A call with an id needs no look at its content.
        ...[toolCallId, requestId].filter((id) => id !== null).map((id) => `${half} ${at} ${id}`),
        JSON.stringify([half, at, operationId ?? toolName, content]),
      ],
    )
  }
  if (kind === 'subAgent') {
    return step.query === null ? [] : [step.agentId, null].map((agentId) => JSON.stringify([startedAt, step.triggerId, agentId, step.query]))
  }
  return [JSON.stringify([kind, startedAt, title, step.text, step.action, step.result])]
}
