import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createWorkflowClient, persistTasks } from '../../src/core.ts'
import type { WorkflowClientOptions, WorkflowObserver } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { createMemoryStorage } from '../store/memoryStorage.ts'
import type { MemoryStorage } from '../store/memoryStorage.ts'
import { setUp, taskOf } from './handClient.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

const urlOf = (input: RequestInfo | URL): URL => new URL(input instanceof Request ? input.url : input)

/** The service, which has one task and counts what it is asked for. */
function createService(status: string, fields: object = {}): ReturnType<typeof vi.fn<typeof fetch>> {
  return vi.fn(async (input) => {
    const url = urlOf(input)
    if (url.pathname.endsWith('/nodes')) return Response.json([{ id: 'node', type: 'agent', name: 'Ask the agent' }])
    if (url.pathname.endsWith('/thread')) return Response.json([])
    return Response.json({ id: 'task-1', status, agent_id: 'flow', finished_at: new Date(Date.now() + 60_000).toISOString(), ...fields })
  })
}
const urlsOf = (service: ReturnType<typeof createService>): string[] => service.mock.calls.map(([input]) => urlOf(input).pathname)

/** A page that leaves one run under way, and one that had ended, to the next. */
async function leave(storage: MemoryStorage, options: WorkflowClientOptions = {}): Promise<void> {
  const { client, send } = setUp({ persist: persistTasks(storage), ...options })
  await turnOver()
  const done = createFrames('task-2')
  client.show('old', client.submit({ workflowId: 'flow', input: 'Hi' }).key)
  await turnOver()
  send(done.created(), done.chunk('Do'), done.finished({ result: 'Done' }))
  const frames = createFrames()
  client.show('chat', client.submit({ workflowId: 'flow', input: 'Hi' }).key)
  await turnOver()
  send(frames.created(), frames.updated(), frames.request({ graph_node_id: 'node' }), frames.chunk('Hel'))
  client.destroy()
  await turnOver()
}

it('has the tasks of the page before at once, and what its hooks showed', async () => {
  const storage = createMemoryStorage()
  await leave(storage)

  const { client, requests } = setUp({ persist: persistTasks(storage), fetch: createService('executing') })

  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'executing', text: 'Hel', turns: [{ input: { text: 'Hi' } }] })
  expect(taskOf(client, 'task-2')).toMatchObject({ status: 'completed', text: 'Done', connection: 'closed' })
  expect(client.store.getState().conversations).toEqual({ chat: 'task-1', old: 'task-2' })
  expect(requests).toEqual([])
})

it.each([false, true])('follows what had not ended until it has, without a POST (async storage: %s)', async (isAsync) => {
  const storage = createMemoryStorage({ isAsync })
  await leave(storage)
  const service = createService('completed', { result: 'Hello' })

  const { client, requests } = setUp({ persist: persistTasks(storage), recover: {}, fetch: service })
  await vi.advanceTimersByTimeAsync(2000)

  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'completed', text: 'Hello', connection: 'closed', timeline: [{ id: 'node', status: 'completed' }] })
  expect(urlsOf(service)).toEqual(['/v1/tasks/task-1'])
  expect(requests).toEqual([])
})

it('reads the canvas of what it follows, so that its nodes keep their names', async () => {
  const storage = createMemoryStorage()
  await leave(storage)
  const service = createService('completed', { result: 'Hello' })

  const { client } = setUp({ persist: persistTasks(storage), recover: {}, graph: 'auto', fetch: service })
  await vi.advanceTimersByTimeAsync(2000)

  expect(taskOf(client, 'task-1').timeline).toMatchObject([{ id: 'node', name: 'Ask the agent' }])
  expect(urlsOf(service).filter((url) => url.endsWith('/nodes'))).toHaveLength(1)
})

it('follows nothing by itself with `recover: false`, and all the same when it is asked to', async () => {
  const storage = createMemoryStorage()
  await leave(storage)
  const service = createService('completed', { result: 'Hello' })
  const { client } = setUp({ persist: persistTasks(storage), recover: false, fetch: service })
  await vi.advanceTimersByTimeAsync(2000)
  expect(service).not.toHaveBeenCalled()

  const settled = client.reconnect('task-1')
  await vi.advanceTimersByTimeAsync(2000)

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello' })
})

it('asks for no headers while the client is being made', async () => {
  const storage = createMemoryStorage()
  await leave(storage)
  const headers = vi.fn(() => ({ 'x-key': later }))

  const { client } = setUp({ persist: persistTasks(storage), recover: {}, headers, fetch: createService('completed') })
  expect(headers).not.toHaveBeenCalled()
  const later = 'now it is there'
  await vi.advanceTimersByTimeAsync(2000)

  expect(headers).toHaveBeenCalled()
  expect(taskOf(client, 'task-1').status).toBe('completed')
})

it('tells nobody of what happened before', async () => {
  const storage = createMemoryStorage({ isAsync: true })
  const { client: before, send } = setUp({ persist: persistTasks(storage) })
  await turnOver()
  before.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  const frames = createFrames()
  send(frames.created(), frames.frame('error', { error: 'It broke' }), frames.frame('auth_event', { type: 'login_required', data: { url: 'https://a' } }))
  before.destroy()
  await turnOver()
  const observer = { onError: vi.fn(), onSettled: vi.fn(), onAuthRequired: vi.fn(), onEvent: vi.fn() } satisfies WorkflowObserver

  const { client } = setUp({ persist: persistTasks(storage), fetch: createService('executing') })
  client.observe('task-1', observer)
  await vi.advanceTimersByTimeAsync(0)

  expect(taskOf(client, 'task-1')).toMatchObject({ error: { message: 'It broke' }, auth: { url: 'https://a' } })
  for (const told of Object.values(observer)) expect(told).not.toHaveBeenCalled()
})

it('keeps no key and no token', async () => {
  const storage = createMemoryStorage()
  await leave(storage, { headers: { authorization: 'Bearer secret-key-of-the-page', 'x-api-key': 'secret-api-key' } })

  expect(storage.items.size).toBe(3)
  expect(JSON.stringify([...storage.items])).not.toContain('secret')
})

it('continues a restored conversation with the next turn', async () => {
  const storage = createMemoryStorage()
  await leave(storage)
  const { client, requests, send } = setUp({ persist: persistTasks(storage), fetch: createService('executing') })

  const { key } = client.submit({ workflowId: 'flow', taskId: 'task-2', input: 'More' })
  await turnOver()
  const frames = createFrames('task-2', Date.UTC(2026, 4, 13, 11))
  send(frames.created(), frames.chunk('Mo'))

  expect(JSON.parse(requests[0]?.body ?? '')).toMatchObject({ id: 'task-2' })
  expect(taskOf(client, key)).toMatchObject({ taskId: 'task-2', text: 'Mo', turns: [{ text: 'Done' }, { text: 'Mo' }] })
})

it('holds `maxTasks` for what comes back too', async () => {
  const storage = createMemoryStorage()
  await leave(storage)

  const { client } = setUp({ persist: persistTasks(storage), maxTasks: 1, fetch: createService('executing') })

  expect(Object.keys(client.store.getState().tasks)).toEqual(['task-1'])
})

it('leaves no timer when it is destroyed, and has written what was pending', async () => {
  const storage = createMemoryStorage()
  await leave(storage)

  expect(vi.getTimerCount()).toBe(0)
  expect([...storage.items.keys()].sort()).toEqual(['use-workflow-stream:index', 'use-workflow-stream:task:task-1', 'use-workflow-stream:task:task-2'])
})

it('is destroyed before it follows anything', async () => {
  const storage = createMemoryStorage()
  await leave(storage)
  const service = createService('executing')

  setUp({ persist: persistTasks(storage), recover: {}, graph: 'auto', fetch: service }).client.destroy()
  await vi.advanceTimersByTimeAsync(2000)

  expect(service).not.toHaveBeenCalled()
})

it('refuses what cannot keep anything, in words', () => {
  expect(() => createWorkflowClient({ persist: createMemoryStorage() as never })).toThrow(
    expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('persist has to be what persistTasks(storage) answers') }),
  )
})
