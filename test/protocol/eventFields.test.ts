import { describe, expect, it } from 'vitest'
import { decodeEvent } from '../../src/protocol/decodeEvent.ts'
import { frame, time } from './envelope.ts'

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
