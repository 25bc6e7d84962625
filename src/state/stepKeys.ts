import type { Step, ToolCallStep } from './taskState.ts'

/** What a step is found by; a call only while its other half may come. */
export function keysOf(step: Step): string[] {
  if (step.kind === 'toolCall') return step.startedAt === null || step.endedAt === null ? callKeys(step, step.endedAt !== null) : []
  if (step.kind !== 'subAgent') return []
  const { taskId, agentId, query } = step
  return [taskId === null ? `asked ${agentId}` : `task ${taskId}`, ...(query === null ? [`unasked ${agentId}`] : [])]
}

/** What an open half of a call is found by, in this order: tool_call_id, else request_id, else the operation (xpander-api.md 7.3). */
export function callKeys({ toolCallId, requestId, operationId, toolName }: ToolCallStep, isEnded: boolean): string[] {
  const half = isEnded ? 'ended' : 'started'
  const keys = [operationId === null ? `${half} tool ${toolName}` : `${half} operation ${operationId}`]
  if (requestId !== null) keys.unshift(`${half} request ${requestId}`)
  if (toolCallId !== null) keys.unshift(`${half} call ${toolCallId}`)
  return keys
}
