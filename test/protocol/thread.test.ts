import { describe, expect, it } from 'vitest'
import { decodeThread } from '../../src/protocol/thread.ts'

const user = { id: 'task-1_user_1', role: 'user', content: 'Triage ticket 812', created_at: 1778667124 }

describe('decodeThread', () => {
  it('reads the messages of GET /v1/tasks/{id}/thread', () => {
    const answer = { id: 'task-1_agent_1', role: 'assistant', content: 'Done.', created_at: 1778667130.5, metrics: { total_tokens: 3 } }

    expect(decodeThread([user, answer])).toEqual([
      { id: 'task-1_user_1', role: 'user', content: 'Triage ticket 812', createdAt: 1778667124000, raw: user },
      { id: 'task-1_agent_1', role: 'assistant', content: 'Done.', createdAt: 1778667130500, raw: answer },
    ])
  })

  it('reads the root of a full thread', () => {
    expect(decodeThread({ root: [user], 'task-2': [{ id: 'child', role: 'user', content: 'no' }] }).map(({ id }) => id)).toEqual(['task-1_user_1'])
  })

  it.each<[unknown, string]>([
    ['text', 'text'],
    [[{ type: 'text', text: 'Hel' }, { type: 'image', url: 'https://a.example/i' }, 'lo', 7, null], 'Hello'],
    [null, ''],
    [undefined, ''],
    [7, ''],
    [{ text: 'x' }, 'x'],
    [{}, ''],
  ])('reads the content %j as %j', (content, text) => {
    expect(decodeThread([{ ...user, content }])[0]?.content).toBe(text)
  })

  it('gives a message without id or role stand-ins', () => {
    expect(decodeThread([{ content: 'x' }, { content: 'y' }])).toMatchObject([
      { id: '0', role: 'unknown', createdAt: undefined },
      { id: '1', role: 'unknown', createdAt: undefined },
    ])
  })

  it('keeps no secret', () => {
    expect(decodeThread([{ ...user, tool_calls: [{ args: { access_token: 's' } }] }])[0]?.raw).toEqual({ ...user, tool_calls: [{ args: {} }] })
  })

  it.each([undefined, null, 'text', 7, {}, { root: {} }, [null, 7, 'text', []]])('finds no message in %j', (value) => {
    expect(decodeThread(value)).toEqual([])
  })
})
