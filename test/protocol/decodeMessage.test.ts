import { describe, expect, it } from 'vitest'
import { decodeEvent, decodeMessage, isTaskEnd } from '../../src/protocol/decodeEvent.ts'
import type { WorkflowEvent } from '../../src/protocol/events.ts'
import { everyKind, secrets } from '../recordings/everyKind.ts'
import { frame } from './envelope.ts'

// Laws 6 and 7. Broken by: decodeMessage keeping the text of a frame that is no JSON.
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
