import { describe, expect, it } from 'vitest'
import { decodeEvent } from '../../src/protocol/decodeEvent.ts'
import { frame, time, toolCall } from './envelope.ts'

const decodedToolCall = {
  requestId: 'req-71',
  operationId: 'op-jira',
  toolCallId: 'call_9aB',
  nodeId: 'node-1',
  toolName: 'Create issue',
  payload: { summary: 'Refund' },
  reasoning: { title: 'Open a ticket', description: undefined },
}
const noReasoning = { nodeId: undefined, title: undefined, text: undefined, action: undefined, result: undefined, confidence: undefined }

describe('the kinds of the catalogue (xpander-api.md 7.3)', () => {
  it.each<[string, unknown, object]>([
    ['task_created', { id: 'task-1', status: 'pending' }, { kind: 'taskCreated', task: { id: 'task-1', status: 'pending' } }],
    ['task_updated', { id: 'task-1', status: 'executing' }, { kind: 'taskUpdated', task: { status: 'executing' } }],
    ['task_finished', { id: 'task-1', status: 'failed' }, { kind: 'taskFinished', task: { status: 'failed' } }],
    ['tool_call_request', toolCall, { kind: 'toolCallRequest', ...decodedToolCall }],
    [
      'tool_call_result',
      { ...toolCall, result: { key: 'BILL-12' }, is_error: false },
      { kind: 'toolCallResult', ...decodedToolCall, result: { key: 'BILL-12' }, isError: false },
    ],
    ['tool_call_result', { ...toolCall, result: 'no access', is_error: true }, { result: 'no access', isError: true }],
    [
      'sub_agent_trigger',
      { id: 'evt-31', agent_id: 'agent-2', query: 'Sum up', files: ['https://a.example/f.pdf', 7], reasoning: { title: 'Ask' } },
      {
        kind: 'subAgentTrigger',
        triggerId: 'evt-31',
        agentId: 'agent-2',
        childTaskId: undefined,
        nodeId: undefined,
        query: 'Sum up',
        files: ['https://a.example/f.pdf'],
        reasoning: { title: 'Ask', description: undefined },
      },
    ],
    [
      'think',
      { title: 'Check', thought: 'Old plan.', action: 'look up', confidence: 0.8 },
      { ...noReasoning, kind: 'think', title: 'Check', text: 'Old plan.', action: 'look up', confidence: 0.8 },
    ],
    [
      'analyze',
      { title: 'Found', result: 'legacy', analysis: 'Allowed.', confidence: 0.9 },
      { ...noReasoning, kind: 'analyze', title: 'Found', text: 'Allowed.', result: 'legacy', confidence: 0.9 },
    ],
    ['chunk', 'Routed to ', { kind: 'chunk', text: 'Routed to ' }],
    ['chunk', '', { kind: 'chunk', text: '' }],
    [
      'plan_updated',
      { enabled: true, started: true, question_raised: false, tasks: [{ id: 'p1', title: 'Read', completed: true }] },
      {
        kind: 'planUpdated',
        plan: { isEnabled: true, isStarted: true, isQuestionRaised: false, tasks: [{ id: 'p1', title: 'Read', isCompleted: true }] },
      },
    ],
    [
      'auth_event',
      { type: 'login_required', data: { url: 'https://a.example/login?state=x', server_url: 'https://m.example', server_name: 'Docs' } },
      {
        kind: 'authEvent',
        authType: 'login_required',
        url: 'https://a.example/login?state=x',
        serverUrl: 'https://m.example',
        serverName: 'Docs',
        message: undefined,
      },
    ],
    ['auth_event', { type: 'token_issue', data: { message: 'expired' } }, { authType: 'token_issue', message: 'expired' }],
    ['auth_event', { type: 'not_supported', data: 'no OAuth' }, { authType: 'not_supported', message: 'no OAuth' }],
    ['auth_event', { type: 'token_ready', data: { access_token: 'REDACTED' } }, { authType: 'token_ready', url: undefined }],
    ['auth_event', { type: 'never_seen' }, { authType: 'never_seen', message: undefined }],
    ['task_compactization', { type: 'retry', data: { is_retry: true } }, { kind: 'taskCompactization', compactizationType: 'retry' }],
    ['connected', {}, { kind: 'connected' }],
    ['connected', null, { kind: 'connected' }],
    ['turn_started', { turn: 2 }, { kind: 'turnStarted', turn: 2 }],
    ['turn_finished', { turn: 2, result: 'Done.' }, { kind: 'turnFinished', turn: 2, result: 'Done.' }],
    ['error', { error: 'worker lost' }, { kind: 'error', message: 'worker lost' }],
    ['error', 'worker lost', { kind: 'error', message: 'worker lost' }],
    ['error', { message: 'worker lost' }, { kind: 'error', message: 'worker lost' }],
    ['error', { error: { message: 'worker lost' } }, { kind: 'error', message: 'worker lost' }],
  ])('decodes %s with %j', (type, data, expected) => {
    const event = decodeEvent(frame(type, data), '12')

    expect(event).toMatchObject({ taskId: 'task-1', time, id: '12', ...expected })
  })

  it('keeps the frame beside what it decoded', () => {
    const chunk = { ...frame('chunk', 'x'), future_field: [1] }

    expect(decodeEvent(chunk).raw).toBe(chunk)
  })
})

describe('names on the wire (xpander-api.md 7.2)', () => {
  it.each([
    ['TaskCreated', 'taskCreated'],
    ['TaskUpdated', 'taskUpdated'],
    ['TaskFinished', 'taskFinished'],
    ['taskFinished', 'taskFinished'],
    ['ToolCallRequest', 'toolCallRequest'],
    ['ToolCallResult', 'toolCallResult'],
    ['SubAgentTrigger', 'subAgentTrigger'],
    ['PlanUpdated', 'planUpdated'],
    ['AuthEvent', 'authEvent'],
    ['TaskCompactization', 'taskCompactization'],
    ['TurnStarted', 'turnStarted'],
    ['TurnFinished', 'turnFinished'],
    ['Connected', 'connected'],
    ['TaskStarted', 'taskCreated'],
    ['TaskCompleted', 'taskFinished'],
  ])('"the workflow page and SDK pages write TaskFinished and so on": %s is %s', (type, kind) => {
    expect(decodeEvent(frame(type, { ...toolCall, type: 'retry', tasks: [] })).kind).toBe(kind)
  })

  it.each([
    ['Think', 'think'],
    ['Analyze', 'analyze'],
    ['Chunk', 'chunk'],
    ['ContentChunk', 'chunk'],
    ['Error', 'error'],
  ])('%s with text is %s', (type, kind) => {
    expect(decodeEvent(frame(type, 'text')).kind).toBe(kind)
  })

  it('"a sample with event instead of type and no envelope": takes the task from its data', () => {
    const event = decodeEvent({ event: 'task_created', data: { id: 'task-9', status: 'pending' } })

    expect(event).toMatchObject({ kind: 'taskCreated', taskId: 'task-9', time: undefined, task: { status: 'pending' } })
  })

  it('lets type win over event', () => {
    expect(decodeEvent({ type: 'chunk', event: 'error', data: 'x' }).kind).toBe('chunk')
  })

  it.each<[object, object]>([
    [
      { type: 'task_started', task_id: 'task-1', timestamp: '2026-05-13T10:12:04.123456Z' },
      { kind: 'taskCreated', taskId: 'task-1', time, task: { id: 'task-1', status: undefined } },
    ],
    [{ type: 'content_chunk', content: 'Hel', is_final: false }, { kind: 'chunk', text: 'Hel', taskId: undefined }],
    [
      { type: 'task_completed', task_id: 'task-1', result: 'Done.' },
      { kind: 'taskFinished', taskId: 'task-1', task: { id: 'task-1', status: 'completed', result: 'Done.' } },
    ],
    [{ type: 'task_completed', task_id: 'task-1', status: 'failed' }, { kind: 'taskFinished', task: { status: 'failed' } }],
    [{ type: 'error', error: 'worker lost' }, { kind: 'error', message: 'worker lost' }],
  ])('"Nov 2025 docs described another protocol": %j', (legacy, expected) => {
    expect(decodeEvent(legacy)).toMatchObject(expected)
  })

  it('"never classify by prefix": task_compactization is no task snapshot', () => {
    expect(decodeEvent(frame('task_compactization', { type: 'retry' }))).not.toHaveProperty('task')
  })
})

describe('reasoning', () => {
  it.each(['think', 'analyze'])('CONFLICT "the REST page says data is a string": %s takes it as its text', (type) => {
    expect(decodeEvent(frame(type, 'Who asks?'))).toMatchObject({ ...noReasoning, kind: type, text: 'Who asks?' })
  })

  it('CONFLICT "the SDK page says reasoning data and the stored record is an object"', () => {
    const record = { id: 'r1', created_at: '2026-05-13T10:12:04Z', type: 'think', title: 'T', thought: 'Hm', analysis: null, result: null }

    expect(decodeEvent(frame('think', record))).toMatchObject({ ...noReasoning, title: 'T', text: 'Hm' })
  })

  it('"a tool-call-like object whose payload holds those keys"', () => {
    const payload = { title: 'T', analysis: 'A', result: 'R' }
    const call = { request_id: 'r', graph_node_id: 'node-1', tool_name: 'analyze', result: 'ok', payload }

    expect(decodeEvent(frame('analyze', call))).toMatchObject({ nodeId: 'node-1', title: 'T', text: 'A', result: 'R' })
  })

  it('puts a result that is no text into JSON text', () => {
    expect(decodeEvent(frame('analyze', { result: { plan: 'old' } }))).toMatchObject({ result: '{"plan":"old"}' })
  })
})
