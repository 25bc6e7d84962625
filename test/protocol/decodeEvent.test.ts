import { describe, expect, it } from 'vitest'
import { decodeEvent, decodeMessage, isTaskEnd } from '../../src/protocol/decodeEvent.ts'
import type { WorkflowEvent } from '../../src/protocol/events.ts'
import { everyKind, secrets } from '../recordings/everyKind.ts'

const time = Date.UTC(2026, 4, 13, 10, 12, 4) + 123.456

/** A frame with the whole envelope of xpander-api.md 7.1. */
const frame = (type: string, data: unknown): Record<string, unknown> => ({
  type,
  task_id: 'task-1',
  organization_id: 'organization-1',
  time: '2026-05-13T10:12:04.123456Z',
  data,
})

const toolCall = {
  request_id: 'req-71',
  operation_id: 'op-jira',
  tool_call_id: 'call_9aB',
  graph_node_id: 'node-1',
  tool_name: 'Create issue',
  payload: { summary: 'Refund' },
  reasoning: { title: 'Open a ticket', description: null },
}
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

describe('the child of a sub-agent trigger', () => {
  it.each([
    ['task_id', 'child'],
    ['child_task_id', 'child'],
    ['sub_task_id', 'child'],
    ['execution_id', 'child'],
    ['sub_execution_id', 'child'],
  ])('is found in %s', (name, id) => {
    expect(decodeEvent(frame('sub_agent_trigger', { [name]: id }))).toMatchObject({ taskId: 'task-1', childTaskId: 'child' })
  })

  it.each(['task_id', 'child_task_id', 'execution_id'])('is not the run itself, named in %s', (name) => {
    expect(decodeEvent(frame('sub_agent_trigger', { [name]: 'task-1' }))).toMatchObject({ childTaskId: undefined })
  })

  it('is looked for beyond a name that holds the run itself', () => {
    const data = { execution_id: 'task-1', task_id: 'child' }

    expect(decodeEvent(frame('sub_agent_trigger', data))).toMatchObject({ childTaskId: 'child' })
  })

  it('is not guessed from task_id when the envelope names no task', () => {
    const event = decodeEvent({ type: 'sub_agent_trigger', data: { task_id: 'whose?' } })

    expect(event).toMatchObject({ kind: 'subAgentTrigger', taskId: undefined, childTaskId: undefined })
  })
})

describe('ids', () => {
  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('takes %s as any other', (id) => {
    const data = JSON.parse(`{"graph_node_id":${JSON.stringify(id)},"__proto__":{"tool_name":"no"},"tool_call_id":"c"}`) as unknown

    const event = decodeEvent({ ...frame('tool_call_request', data), task_id: id })

    expect(event).toMatchObject({ kind: 'toolCallRequest', taskId: id, nodeId: id, toolName: undefined })
  })

  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString'])('takes the kind %s as an unknown one', (type) => {
    expect(decodeEvent(frame(type, 'x'))).toMatchObject({ kind: 'unknown', type, reason: 'unknownType' })
  })

  it('takes node_id where graph_node_id is missing or empty', () => {
    const event = decodeEvent(frame('tool_call_request', { tool_name: 'T', graph_node_id: '', node_id: 'node-2' }))

    expect(event).toMatchObject({ nodeId: 'node-2' })
  })

  it('lets the envelope name the task of a snapshot', () => {
    expect(decodeEvent(frame('task_updated', { id: 'other' }))).toMatchObject({ taskId: 'task-1', task: { id: 'other' } })
  })

  it.each([undefined, ''])('has no id where the message has none (%j)', (id) => {
    expect(decodeEvent(frame('chunk', 'x'), id).id).toBeUndefined()
  })
})

describe('time', () => {
  it.each<[unknown, number | undefined]>([
    ['2026-05-13T10:12:04.123456Z', time],
    ['2026-05-13T10:12:04.123Z', time - 0.456],
    ['2026-05-13T10:12:04Z', time - 123.456],
    ['2026-05-13T10:12:04', time - 123.456],
    ['2026-05-13 10:12:04.5', time + 376.544],
    ['2026-05-13T12:12:04.123456+02:00', time],
    ['2026-05-13T08:42:04.123456-01:30', time],
    ['2026-05-13T10:12:04.123456789Z', time + 0.000789],
    [1778667124, 1778667124000],
    [1778667124.25, 1778667124250],
    [1778667124123, 1778667124123],
    [0, 0],
    ['2026-13-13Txx:12:04Z', undefined],
    ['2026-05-13T10:12:04 o\'clock', undefined],
    ['yesterday, as I remember it', undefined],
    ['', undefined],
    [null, undefined],
    [true, undefined],
    [Infinity, undefined],
    [1e300, undefined],
    [{}, undefined],
  ])('reads %j as %j', (sent, expected) => {
    const read = decodeEvent({ type: 'chunk', data: 'x', time: sent }).time

    if (expected === undefined) expect(read).toBeUndefined()
    else expect(read).toBeCloseTo(expected, 3)
  })

  it('orders two events within one millisecond', () => {
    const at = (microseconds: string) => decodeEvent({ type: 'chunk', data: 'x', time: `2026-05-13T10:12:04.123${microseconds}Z` }).time ?? NaN

    expect(at('456')).toBeLessThan(at('457'))
  })

  it('reads timestamp where there is no time', () => {
    expect(decodeEvent({ type: 'chunk', data: 'x', timestamp: 1778667124 }).time).toBe(1778667124000)
  })
})

describe('addresses', () => {
  const unsafe = ['javascript:alert(1)', 'http://a.example', ' https://a.example', 'data:text/html,x', '//a.example', 'https:///x', 7, null]

  it.each(unsafe)(
    'does not send a user to %j',
    (url) => {
      expect(decodeEvent(frame('auth_event', { type: 'login_required', data: { url } }))).toMatchObject({ kind: 'authEvent', url: undefined })
    },
  )
})

describe('what it cannot read', () => {
  it.each<[string, unknown]>([
    ['task_created', 'text'],
    ['task_updated', [1]],
    ['task_finished', 7],
    ['task_completed', 'text'],
    ['tool_call_request', 'text'],
    ['tool_call_request', { payload: { a: 1 } }],
    ['tool_call_result', [toolCall]],
    ['sub_agent_trigger', 'text'],
    ['think', 7],
    ['think', { confidence: 1 }],
    ['analyze', []],
    ['chunk', 7],
    ['chunk', null],
    ['chunk', { text: 'x' }],
    ['content_chunk', { content: 7 }],
    ['plan_updated', { enabled: true }],
    ['plan_updated', { tasks: {} }],
    ['auth_event', { data: {} }],
    ['auth_event', 'text'],
    ['auth_event', null],
    ['task_compactization', 'text'],
    ['task_compactization', null],
    ['turn_started', 'text'],
    ['turn_finished', true],
    ['error', null],
    ['error', { error: 7 }],
  ])('keeps %s with %j as a wrong shape', (type, data) => {
    const sent = frame(type, data)

    expect(decodeEvent(sent)).toEqual({
      kind: 'unknown',
      taskId: 'task-1',
      time,
      id: undefined,
      raw: sent,
      type,
      reason: 'wrongShape',
    })
  })

  it('keeps a kind never seen, with its task and its raw value', () => {
    const sent = frame('node_painted', { colour: 'blue' })

    expect(decodeEvent(sent)).toMatchObject({ kind: 'unknown', taskId: 'task-1', time, type: 'node_painted', reason: 'unknownType', raw: sent })
  })

  it.each([null, true, 0, 'text', [], [{ type: 'chunk', data: 'x' }], {}, { type: 7 }, { type: '' }, { data: 'x' }])(
    'keeps %j, which names no kind',
    (value) => {
      expect(decodeEvent(value)).toEqual({
        kind: 'unknown',
        taskId: undefined,
        time: undefined,
        id: undefined,
        raw: value,
        type: undefined,
        reason: 'unknownType',
      })
    },
  )
})

describe('a bare task record', () => {
  it.each([
    ['completed', 'taskFinished'],
    ['failed', 'taskFinished'],
    ['error', 'taskFinished'],
    ['stopped', 'taskFinished'],
    ['cancelled', 'taskFinished'],
    ['executing', 'taskUpdated'],
    ['paused', 'taskUpdated'],
    ['never_seen', 'taskUpdated'],
  ])('"200 with JSON instead of SSE: accept it as one final snapshot": %s is %s', (status, kind) => {
    expect(decodeEvent({ id: 'task-1', status, result: 'R' })).toMatchObject({ kind, taskId: 'task-1', task: { id: 'task-1', result: 'R' } })
  })

  it.each([{ id: 'task-1' }, { status: 'completed' }, { id: 7, status: 'completed' }])('is not %j', (value) => {
    expect(decodeEvent(value).kind).toBe('unknown')
  })
})

describe('isTaskEnd', () => {
  it.each<[string, string | undefined, boolean]>([
    ['task_finished', 'completed', true],
    ['task_finished', 'failed', true],
    ['task_finished', 'error', true],
    ['task_finished', 'stopped', true],
    ['task_finished', 'canceled', true],
    ['task_finished', 'executing', false],
    ['task_finished', undefined, false],
    ['task_updated', 'completed', false],
    ['turn_finished', 'completed', false],
  ])('"the event name alone never means success": %s with %s: %s', (type, status, expected) => {
    expect(isTaskEnd(decodeEvent(frame(type, { id: 'task-1', status })))).toBe(expected)
  })
})

describe('decodeMessage', () => {
  it.each(['{"api_key":"half a sec', '', 'worker lost', '{"type":"chunk"}{"type":"chunk"}', '[DONE]'])(
    'counts %j, which is no JSON, by its length and keeps nothing of it',
    (data) => {
      expect(decodeMessage(data, '7')).toEqual({
        kind: 'malformed',
        taskId: undefined,
        time: undefined,
        id: '7',
        raw: undefined,
        length: data.length,
      })
    },
  )

  it('decodes as decodeEvent does', () => {
    const events = everyKind.map((value) => decodeMessage(JSON.stringify(value), '3'))

    expect(events).toEqual(everyKind.map((value) => decodeEvent(value, '3')))
  })

  const unknownOfLength = (length: number, type = 'never_seen'): string => {
    const empty = JSON.stringify({ type, data: '' })
    return JSON.stringify({ type, data: 'x'.repeat(length - empty.length) })
  }

  it('keeps the raw value of an unknown event up to 64 KiB of text', () => {
    expect(decodeMessage(unknownOfLength(65_536)).raw).toBeDefined()
    expect(decodeMessage(unknownOfLength(65_537))).toMatchObject({ kind: 'unknown', type: 'never_seen', raw: undefined })
  })

  it('bounds the name of a long unknown event', () => {
    const event = decodeMessage(unknownOfLength(80_000, 'n'.repeat(70_000)))

    expect(event).toMatchObject({ kind: 'unknown', type: 'n'.repeat(100) })
  })

  it('drops the raw value of a long frame in a wrong shape too', () => {
    const data = JSON.stringify({ type: 'plan_updated', data: 'x'.repeat(70_000) })

    expect(decodeMessage(data)).toMatchObject({ reason: 'wrongShape', raw: undefined })
  })

  it('keeps long events of a kind that it knows', () => {
    const event = decodeMessage(JSON.stringify(frame('chunk', 'x'.repeat(70_000))))

    expect(event.raw).toBeDefined()
  })
})

describe('the recording of every kind', () => {
  const events: readonly WorkflowEvent[] = everyKind.map((value) => decodeEvent(value))

  it('holds each kind that can be decoded', () => {
    expect([...new Set(events.map((event) => event.kind))].sort()).toEqual([
      'analyze',
      'authEvent',
      'chunk',
      'connected',
      'error',
      'planUpdated',
      'subAgentTrigger',
      'taskCompactization',
      'taskCreated',
      'taskFinished',
      'taskUpdated',
      'think',
      'toolCallRequest',
      'toolCallResult',
      'turnFinished',
      'turnStarted',
      'unknown',
    ])
  })

  it('is read whole: only the invented kind is unknown', () => {
    expect(events.filter((event) => event.kind === 'unknown')).toMatchObject([{ type: 'node_painted', reason: 'unknownType' }])
  })

  it('leaves no secret in any event', () => {
    const text = JSON.stringify(events)

    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
    expect(secrets.every((secret) => JSON.stringify(everyKind).includes(secret))).toBe(true)
  })
})
