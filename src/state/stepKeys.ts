import type { Step, ToolCallStep } from './taskState.ts'

/** What names a call, in this order: tool_call_id, else request_id, else the operation, else the tool (xpander-api.md 7.3). */
export const CALL_NAMES = ['toolCallId', 'requestId', 'operationId', 'toolName'] as const

/** What a step is found by; a call only while its other half may come. */
export function keysOf(step: Step): string[] {
  if (step.kind === 'toolCall') return step.startedAt === null || step.endedAt === null ? callKeys(step, step.endedAt !== null) : []
  if (step.kind !== 'subAgent') return []
  const { taskId, agentId, query } = step
  return [taskId === null ? `asked ${agentId}` : `task ${taskId}`, ...(query === null ? [`unasked ${agentId}`] : [])]
}

/** What one half of a call is found by. */
export function callKeys(call: ToolCallStep, isResult: boolean): string[] {
  const keys: string[] = []
  for (const name of CALL_NAMES) {
    if (name === 'toolName' ? call.operationId === null : call[name] !== null) keys.push(`${name} ${isResult} ${call[name]}`)
  }
  return keys
}
