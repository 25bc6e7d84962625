import { describe, expect, it } from 'vitest'
import { decodeEvent, decodeMessage, isTaskEnd } from '../../src/protocol/decodeEvent.ts'
import { everyKind, secrets } from '../recordings/everyKind.ts'

describe('decodeEvent', () => {
  it('knows every kind of the recording but the invented one', () => {
    const unknown = everyKind.map((frame) => decodeEvent(frame)).filter((event) => event.kind === 'unknown')

    expect(unknown).toMatchObject([{ type: 'node_painted', reason: 'unknownType' }])
  })

  it('keeps no secret of the recording in any event', () => {
    const text = JSON.stringify(everyKind.map((frame) => decodeEvent(frame)))

    expect(secrets.filter((secret) => text.includes(secret))).toEqual([])
  })

  it('ends a task only by a finished event with a terminal status', () => {
    const ends = everyKind.map((frame) => decodeEvent(frame)).filter(isTaskEnd)

    expect(ends.map((event) => event.kind === 'taskFinished' && event.task.status)).toEqual([
      'completed',
      'completed',
      'failed',
      'completed',
    ])
  })
})

describe('decodeMessage', () => {
  it('counts a text that is no JSON by its length and keeps nothing of it', () => {
    expect(decodeMessage('{"api_key":"half a sec', '7')).toEqual({
      kind: 'malformed',
      taskId: undefined,
      time: undefined,
      id: '7',
      raw: undefined,
      length: 22,
    })
  })
})
