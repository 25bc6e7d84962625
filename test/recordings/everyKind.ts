/** A frame as it stands in `data:`, parsed. */
export type Frame = Readonly<Record<string, unknown>>

export const taskId = '6f1c0a52-2f5e-4f7e-9a53-0b8f5d7c1a11'
export const childTaskId = 'c41d0000-7777-4a4a-8b8b-565656565656'
const organizationId = '0d7b6c1e-55aa-4f0a-8a1b-3d8f2a7e9c00'
const workflowId = 'b2a7f3d0-1111-4c2e-8f00-5a5a5a5a5a5a'

/** Echoed secrets of the recording: none of them may be seen in anything that was made from it. */
export const secrets: readonly string[] = [
  'secret-user-token',
  'secret-oidc',
  'secret-mcp-header',
  'secret-mcp-env',
  'secret-mcp-key',
  'secret-access',
  'secret-deep',
]

let second = 0
const frame = (type: string, data: unknown, task = taskId): Frame => {
  second += 1
  const time = `2026-05-13T10:12:${String(second).padStart(2, '0')}.123456Z`
  return { type, task_id: task, organization_id: organizationId, time, data }
}

const snapshot = (fields: Frame, id = taskId): Frame => ({
  id,
  agent_id: workflowId,
  organization_id: organizationId,
  input: { text: 'Triage ticket 812', files: [], user: null },
  is_orchestration: true,
  created_at: '2026-05-13T10:12:00.100000Z',
  result: null,
  sub_executions: [],
  ...fields,
})

const toolCall = {
  request_id: 'req-71',
  operation_id: 'op-jira-create-issue',
  tool_call_id: 'call_9aB',
  graph_node_id: 'node-create-issue',
  tool_name: 'Create Jira issue',
  payload: { summary: 'Refund' },
  reasoning: { title: 'Open a ticket', description: null },
}

/** One turn as the service streams it today: every kind of the current enum and of the conversation streams. */
export const modernTurn: readonly Frame[] = [
  frame('connected', {}),
  frame('task_created', snapshot({
    status: 'pending',
    user_tokens: { jira: 'secret-user-token' },
    user_oidc_token: 'secret-oidc',
    mcp_servers: [
      {
        name: 'docs',
        url: 'https://mcp.example.com',
        headers: { authorization: 'secret-mcp-header' },
        env_vars: { TOKEN: 'secret-mcp-env' },
        api_key: 'secret-mcp-key',
      },
    ],
  })),
  frame('turn_started', { turn: 1 }),
  frame('task_updated', snapshot({ status: 'executing', started_at: '2026-05-13T10:12:03.001234Z' })),
  frame('auth_event', {
    type: 'login_required',
    data: { url: 'https://auth.example.com/authorize?state=abc', server_url: 'https://mcp.example.com', server_name: 'Example docs' },
  }),
  frame('auth_event', { type: 'token_ready', data: { access_token: 'secret-access' } }),
  frame('think', { title: 'Check the account', thought: 'The customer is on the old plan.', action: 'look up plan', confidence: 0.8 }),
  frame('analyze', { title: 'Plan found', result: 'legacy', analysis: 'Refund allowed.', confidence: 0.9 }),
  frame('plan_updated', {
    enabled: true,
    enforce: false,
    started: true,
    question_raised: false,
    tasks: [
      { id: 'p1', title: 'Read ticket', completed: true },
      { id: 'p2', title: 'Decide', completed: false },
    ],
  }),
  frame('task_updated', snapshot({ status: 'executing', last_executed_node_id: 'node-classify', sub_executions: [childTaskId] })),
  frame('tool_call_request', toolCall),
  frame('tool_call_result', { ...toolCall, result: { key: 'BILL-12', refresh_token: 'secret-deep' }, is_error: false }),
  frame('sub_agent_trigger', {
    id: 'evt-31',
    agent_id: 'c0ffee00-2222-4b2b-9d9d-123412341234',
    query: 'Summarise the ticket',
    files: [],
    task_id: childTaskId,
    reasoning: { title: 'Ask the writer', description: null },
  }),
  frame('task_created', snapshot({ status: 'pending', parent_execution: taskId }, childTaskId), childTaskId),
  frame('chunk', 'A refund was asked for.', childTaskId),
  frame('task_finished', snapshot({ status: 'completed', result: 'A refund was asked for.', parent_execution: taskId }, childTaskId), childTaskId),
  frame('task_updated', snapshot({
    status: 'paused',
    paused_at: '2026-05-13T10:12:16.000000Z',
    hitl_request: { wait_node_id: 'node-approve' },
    sub_executions: [childTaskId],
  })),
  frame('task_updated', snapshot({
    status: 'executing',
    last_executed_node_id: 'node-approve',
    pending_eca_request: { connector_name: 'Jira', auth_url: 'https://auth.example.com/jira' },
    sub_executions: [childTaskId],
  })),
  frame('task_compactization', { type: 'retry', data: { is_retry: true } }),
  frame('node_painted', { colour: 'blue', api_key: 'secret-deep' }),
  frame('chunk', 'Routed to '),
  frame('chunk', 'billing.'),
  frame('turn_finished', { turn: 1, result: 'Routed to billing.' }),
  frame('task_finished', snapshot({
    status: 'completed',
    result: 'Routed to billing.',
    finished_at: '2026-05-13T10:12:23.990000Z',
    is_manually_stopped: false,
    sub_executions: [childTaskId],
    tokens: { prompt_tokens: 812, completion_tokens: 96, total_tokens: 908 },
  })),
]

/** A second turn in the spellings of pages and SDKs: PascalCase, `event` in place of `type`, string reasoning. */
export const pascalTurn: readonly Frame[] = [
  { event: 'TaskCreated', data: snapshot({ status: 'queued' }) },
  frame('TaskUpdated', snapshot({ status: 'running' })),
  frame('Think', 'Who asks?'),
  frame('Analyze', { request_id: 'req-72', tool_name: 'analyze', payload: { title: 'Known customer', analysis: 'Answer at once.' } }),
  frame('ToolCallRequest', { ...toolCall, request_id: 'req-73', tool_call_id: 'call_9aC' }),
  frame('ToolCallResult', { ...toolCall, request_id: 'req-73', tool_call_id: 'call_9aC', result: 'Jira is down', is_error: true }),
  frame('Chunk', 'Jira is down.'),
  frame('TaskFinished', snapshot({ status: 'failed', result: 'Jira is down.', finished_at: '2026-05-13T10:12:31.000000Z' })),
]

/** A third turn in the protocol of November 2025: no envelope, fields at the top. */
export const legacyTurn: readonly Frame[] = [
  { type: 'task_started', task_id: taskId, timestamp: '2026-05-13T10:13:01Z' },
  { type: 'content_chunk', task_id: taskId, content: 'Sent ', is_final: false },
  { type: 'content_chunk', task_id: taskId, content: 'back.', is_final: true },
  { type: 'error', task_id: taskId, error: 'worker lost' },
  { type: 'task_completed', task_id: taskId, result: 'Sent back.' },
]

/** Every kind of event, legacy and PascalCase spellings included: three turns of one conversation. */
export const everyKind: readonly Frame[] = [...modernTurn, ...pascalTurn, ...legacyTurn]
