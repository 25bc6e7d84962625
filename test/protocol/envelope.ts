/** The time of each, with its microseconds. */
export const time = Date.UTC(2026, 4, 13, 10, 12, 4) + 123.456

/** A frame with the whole envelope of xpander-api.md 7.1. */
export const frame = (type: string, data: unknown): Record<string, unknown> => ({
  type,
  task_id: 'task-1',
  organization_id: 'organization-1',
  time: '2026-05-13T10:12:04.123456Z',
  data,
})

export const toolCall = {
  request_id: 'req-71',
  operation_id: 'op-jira',
  tool_call_id: 'call_9aB',
  graph_node_id: 'node-1',
  tool_name: 'Create issue',
  payload: { summary: 'Refund' },
  reasoning: { title: 'Open a ticket', description: null },
}
