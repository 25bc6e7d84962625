import { describe, expect, it } from 'vitest'
import { decodeEvent } from '../../src/protocol/decodeEvent.ts'
import { frame, time, toolCall } from './envelope.ts'

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
