import { describe, expect, it } from 'vitest'
import { decodeTask, isTerminal } from '../../src/protocol/task.ts'

const slim = {
  id: 'task-1',
  agent_id: 'workflow-1',
  organization_id: 'organization-1',
  status: 'completed',
  result: 'Routed to billing.',
  created_at: '2026-05-13T10:12:04.100000Z',
  finished_at: '2026-05-13T10:12:42.990000Z',
  source: 'api',
}
const nothing = {
  agentId: undefined,
  status: undefined,
  rawStatus: undefined,
  inputText: undefined,
  result: undefined,
  createdAt: undefined,
  startedAt: undefined,
  pausedAt: undefined,
  finishedAt: undefined,
  lastExecutedNodeId: undefined,
  parentTaskId: undefined,
  subTaskIds: [],
  isManuallyStopped: false,
  approval: undefined,
  connectorAuth: undefined,
  plan: undefined,
  usage: undefined,
}

describe('decodeTask', () => {
  it('reads the slim shape of the invoke pages', () => {
    expect(decodeTask(slim)).toEqual({
      ...nothing,
      id: 'task-1',
      agentId: 'workflow-1',
      status: 'completed',
      rawStatus: 'completed',
      result: 'Routed to billing.',
      createdAt: Date.UTC(2026, 4, 13, 10, 12, 4, 100),
      finishedAt: Date.UTC(2026, 4, 13, 10, 12, 42, 990),
    })
  })

  it('reads the full shape of the task pages', () => {
    const task = decodeTask({
      ...slim,
      input: { text: 'Triage ticket 812', files: [], user: { email: 'a@b.example', display_name: 'A' } },
      status: 'paused',
      last_executed_node_id: 'node-1',
      started_at: '2026-05-13T10:12:05Z',
      paused_at: '2026-05-13T10:12:06Z',
      finished_at: null,
      result: null,
      parent_execution: 'task-0',
      sub_executions: ['task-2', 'task-3'],
      finished_sub_executions: ['task-2', 'task-4'],
      is_manually_stopped: true,
      hitl_request: { wait_node_id: 'node-wait' },
      pending_eca_request: { connector_name: 'Jira', auth_url: 'https://a.example/jira' },
      deep_planning: {
        enabled: true,
        enforce: true,
        started: true,
        question_raised: true,
        tasks: [{ id: 'p1', title: 'Read', completed: true }, { title: 'Decide' }, 'not a task'],
      },
      tokens: { completion_tokens: 96, prompt_tokens: 812, total_tokens: null },
    })

    expect(task).toEqual({
      id: 'task-1',
      agentId: 'workflow-1',
      status: 'paused',
      rawStatus: 'paused',
      inputText: 'Triage ticket 812',
      result: null,
      createdAt: Date.UTC(2026, 4, 13, 10, 12, 4, 100),
      startedAt: Date.UTC(2026, 4, 13, 10, 12, 5),
      pausedAt: Date.UTC(2026, 4, 13, 10, 12, 6),
      finishedAt: undefined,
      lastExecutedNodeId: 'node-1',
      parentTaskId: 'task-0',
      subTaskIds: ['task-2', 'task-3', 'task-4'],
      isManuallyStopped: true,
      approval: { nodeId: 'node-wait', title: undefined, description: undefined },
      connectorAuth: { name: 'Jira', url: 'https://a.example/jira' },
      plan: {
        isEnabled: true,
        isStarted: true,
        isQuestionRaised: true,
        tasks: [
          { id: 'p1', title: 'Read', isCompleted: true },
          { id: '1', title: 'Decide', isCompleted: false },
        ],
      },
      usage: { completionTokens: 96, promptTokens: 812, totalTokens: null },
    })
  })

  it('"all optional except id": reads a record with nothing else', () => {
    expect(decodeTask({ id: 'task-1' })).toEqual({ ...nothing, id: 'task-1' })
  })

  it.each([undefined, null, 'task-1', 7, [], [{ id: 'task-1' }], {}, { id: 7 }, { id: '' }, { detail: 'Not found' }])(
    'finds no task in %j',
    (value) => {
      expect(decodeTask(value)).toBeUndefined()
    },
  )

  it.each([
    ['pending', 'pending'],
    ['executing', 'executing'],
    ['paused', 'paused'],
    ['error', 'error'],
    ['failed', 'failed'],
    ['completed', 'completed'],
    ['stopped', 'stopped'],
    ['queued', 'pending'],
    ['running', 'executing'],
    ['cancelled', 'stopped'],
    ['canceled', 'stopped'],
    ['COMPLETED', 'completed'],
    ['Queued', 'pending'],
    ['Cancelled', 'stopped'],
    ['never_seen', 'executing'],
    ['constructor', 'executing'],
    ['__proto__', 'executing'],
  ])('CONFLICT "prose on some pages says queued, running, cancelled [...] unknown means still running": %s is %s', (sent, status) => {
    expect(decodeTask({ id: 'task-1', status: sent })).toMatchObject({ status, rawStatus: sent })
  })

  it('"an older schema had operation_id, approved_by, title, description, content": reads it as an approval', () => {
    const old = { operation_id: 'op', approved_by: null, rejected_by: null, title: 'Refund 90 EUR?', description: null, content: 'Ticket 812' }

    expect(decodeTask({ id: 'task-1', hitl_request: old })?.approval).toEqual({
      nodeId: undefined,
      title: 'Refund 90 EUR?',
      description: 'Ticket 812',
    })
  })

  it.each(['javascript:alert(1)', 'http://a.example', 7])('asks for a connector without the address %j', (auth_url) => {
    expect(decodeTask({ id: 'task-1', pending_eca_request: { connector_name: 'Jira', auth_url } })?.connectorAuth).toEqual({
      name: 'Jira',
      url: undefined,
    })
  })

  it.each([
    ['text', 'text'],
    ['', ''],
    [null, null],
    [undefined, undefined],
    [{ a: [1] }, '{"a":[1]}'],
    [[1, 2], '[1,2]'],
    [7, '7'],
    [false, 'false'],
  ])('reads the result %j as %j', (result, expected) => {
    expect(decodeTask({ id: 'task-1', result })?.result).toBe(expected)
  })

  it.each([
    ['Hi', 'Hi'],
    [{ text: 'Hi' }, 'Hi'],
    [{ text: '' }, ''],
    [{ text: null, files: ['https://a.example/f'] }, undefined],
    [null, undefined],
    [7, undefined],
  ])('reads the text of the input %j as %j', (input, expected) => {
    expect(decodeTask({ id: 'task-1', input })?.inputText).toBe(expected)
  })

  it('takes parent_execution_id, the name that the request has', () => {
    expect(decodeTask({ id: 'task-1', parent_execution_id: 'task-0' })?.parentTaskId).toBe('task-0')
  })

  it.each(['deep_planning', 'tokens', 'hitl_request', 'pending_eca_request', 'sub_executions', 'input', 'created_at', 'status'])(
    'leaves out a %s of another shape',
    (name) => {
      for (const value of [true, [], [7], null]) {
        expect(decodeTask({ id: 'task-1', [name]: value })).toEqual({ ...nothing, id: 'task-1' })
      }
    },
  )
})

describe('isTerminal', () => {
  it.each([
    ['completed', true],
    ['failed', true],
    ['error', true],
    ['stopped', true],
    ['paused', false],
    ['pending', false],
    ['executing', false],
    ['submitting', false],
    ['idle', false],
    [undefined, false],
  ])('"Terminal: completed, failed, error, stopped. paused is not terminal": %s is %s', (status, expected) => {
    expect(isTerminal(status)).toBe(expected)
  })
})
