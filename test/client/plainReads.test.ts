import { afterEach, expect, it, vi } from 'vitest'
import { createWorkflowClient } from '../../src/core.ts'
import { setUp } from './handClient.ts'

afterEach(() => { vi.unstubAllGlobals() })

// Broken by: a `getThread` that answers nothing, or the messages as they were sent.
it('answers the messages of a thread, read, in their order', async () => {
  const urls: string[] = []
  const { client } = setUp({
    async fetch(url) {
      urls.push(url as string)
      return Response.json([
        { id: 'm1', role: 'user', content: 'Hi', created_at: '2026-05-13T10:00:00Z' },
        { role: 'assistant', content: [{ type: 'text', text: 'Hel' }, { type: 'text', text: 'lo' }], user_tokens: { jira: 'secret' } },
        'no message',
      ])
    },
  })

  expect(await client.getThread('task/1')).toEqual([
    { id: 'm1', role: 'user', content: 'Hi', createdAt: Date.UTC(2026, 4, 13, 10), raw: expect.objectContaining({ role: 'user' }) as unknown },
    { id: '1', role: 'assistant', content: 'Hello', createdAt: undefined, raw: expect.not.objectContaining({ user_tokens: expect.anything() as unknown }) as unknown },
  ])
  expect(urls).toEqual(['https://service.test/v1/tasks/task%2F1/thread'])
})

it('rejects with its error when a thread cannot be had', async () => {
  const { client } = setUp({ fetch: async () => Response.json({ detail: 'no' }, { status: 403 }) })

  await expect(client.getThread('task-1')).rejects.toMatchObject({ code: 'forbidden', status: 403, phase: 'read' })
})

// Broken by: requests.ts taking `options.fetch ?? globalThis.fetch` when the client is made.
it('takes the fetch of the moment, for the stream as for what is read', async () => {
  const asked: string[] = []
  const fetchOf = (name: string): typeof globalThis.fetch => async (url) => {
    asked.push(`${name} ${new URL(url as string).pathname}`)
    return Response.json({ id: 'task-1', status: 'completed', result: 'Hello!', finished_at: '2026-05-13T10:00:00Z' })
  }
  vi.stubGlobal('fetch', fetchOf('old'))
  const client = createWorkflowClient({ baseUrl: 'https://service.test', graph: false })
  vi.stubGlobal('fetch', fetchOf('new'))

  expect(await client.submit({ workflowId: 'flow', input: 'Hi' }).settled).toMatchObject({ cause: 'finished', result: 'Hello!' })
  vi.stubGlobal('fetch', fetchOf('newer'))
  await client.getThread('task-1')

  expect(asked).toEqual(['new /v1/workflows/flow/invoke/stream', 'newer /v1/tasks/task-1/thread'])
  client.destroy()
})
