import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { persistTasks, selectTask } from '../../src/core.ts'
import type { WorkflowClient } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { createMemoryStorage } from '../store/memoryStorage.ts'
import type { MemoryStorage } from '../store/memoryStorage.ts'
import { setUp, taskOf } from './handClient.ts'

// A page that goes away between the POST and the first frame.

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => { vi.useRealTimers() })

/** What the next page finds when this one is gone without a word. */
const crashed = ({ items }: MemoryStorage): MemoryStorage => createMemoryStorage({}, new Map(items))
const record = (status: string, fields: object): Response => Response.json({ id: 'task-1', agent_id: 'flow', status, ...fields })
const shownIn = (client: WorkflowClient): ReturnType<typeof selectTask> => selectTask(client.store.getState(), client.store.getState().conversations.chat)

it('has written a submit before it is sent, and the next page says that it may have started', () => {
  const storage = createMemoryStorage()
  const { client, requests } = setUp({ persist: persistTasks(storage) })
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  expect(requests).toEqual([])

  const next = setUp({ persist: persistTasks(crashed(storage)), recover: {}, fetch: vi.fn() })

  expect(taskOf(next.client, key)).toMatchObject({
    taskId: undefined, workflowId: 'flow', status: 'error', connection: 'closed', input: { text: 'Hi' },
    error: { code: 'unknown_start', phase: 'submit', mayHaveStarted: true }, turns: [{ key, status: 'error', input: { text: 'Hi' } }],
  })
})

it.each([false, true])('finds it by the id of its hook, sends nothing again, and goes on with the conversation (async storage: %s)', async (isAsync) => {
  const storage = createMemoryStorage({ isAsync })
  const { client } = setUp({ persist: persistTasks(storage) })
  await turnOver()
  client.show('chat', client.submit({ workflowId: 'flow', input: 'Hi' }).key)
  await turnOver()
  client.destroy()
  await turnOver()
  const next = setUp({ persist: persistTasks(storage), recover: {} })
  await turnOver()
  expect(next.requests).toEqual([])

  const frames = createFrames()
  next.client.submit({ workflowId: 'flow', input: 'Again', taskId: next.client.store.getState().conversations.chat })
  await turnOver()
  next.send(frames.created(), frames.finished({ result: 'Hello' }))

  expect(next.requests).toHaveLength(1)
  expect(JSON.parse(next.requests[0]?.body ?? '')).toEqual({ input: { text: 'Again' } })
  expect(shownIn(next.client)).toMatchObject({ taskId: 'task-1', status: 'completed', turns: [{ input: { text: 'Hi' }, error: { code: 'unknown_start' } }, { result: 'Hello' }] })
})

it('keeps it under its id once it has one, and once only', async () => {
  const storage = createMemoryStorage()
  const { client, send } = setUp({ persist: persistTasks(storage) })
  client.show('chat', client.submit({ workflowId: 'flow', input: 'Hi' }).key)
  await turnOver()
  expect([...storage.items.keys()].filter((name) => name.includes(':task:submit-'))).toHaveLength(1)
  send(createFrames().created())

  expect([...storage.items.keys()]).toEqual(['use-workflow-stream:index', 'use-workflow-stream:task:task-1'])
  const next = setUp({ persist: persistTasks(crashed(storage)) })
  expect(Object.keys(next.client.store.getState().tasks)).toEqual(['task-1'])
  expect(shownIn(next.client)).toMatchObject({ taskId: 'task-1', status: 'pending' })
})

it('shows it once when the page went away while it took its id', async () => {
  const storage = createMemoryStorage()
  const { client, send } = setUp({ persist: persistTasks(storage) })
  client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  const [name, item = ''] = [...storage.items].find(([known]) => known.includes(':task:submit-')) ?? ['']
  const { tasks } = JSON.parse(storage.items.get('use-workflow-stream:index') ?? '') as { tasks: object }
  send(createFrames().created())
  client.destroy()
  const index = JSON.parse(storage.items.get('use-workflow-stream:index') ?? '') as { tasks: object }
  storage.items.set(name, item)
  storage.items.set('use-workflow-stream:index', JSON.stringify({ ...index, tasks: { ...tasks, ...index.tasks } }))

  const next = setUp({ persist: persistTasks(crashed(storage)) })

  expect(Object.keys(next.client.store.getState().tasks)).toEqual(['task-1'])
})

const secondTurn = async (storage: MemoryStorage): Promise<string> => {
  const { client, send } = setUp({ persist: persistTasks(storage) })
  const frames = createFrames()
  const { settled } = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  send(frames.created(), frames.finished({ result: 'One!', finished_at: new Date().toISOString(), input: { text: 'One' } }))
  await settled
  return client.submit({ workflowId: 'flow', input: 'Two', taskId: 'task-1' }).key
}

it.each<[string, () => Response, object]>([
  ['tells of it', () => record('completed', { input: { text: 'Two' }, result: 'Two!', finished_at: new Date(Date.now() + 60_000).toISOString() }), { status: 'completed', result: 'Two!', error: null }],
  [
    'tells of the turn before only', () => record('completed', { input: { text: 'One' }, result: 'One!', finished_at: new Date(0).toISOString() }),
    { status: 'error', result: null, error: { code: 'unknown_start', mayHaveStarted: true } },
  ],
])('follows a task whose next turn was submitted: the service %s', async (_, answer, turn) => {
  const storage = createMemoryStorage()
  const key = await secondTurn(storage)

  const next = setUp({ persist: persistTasks(crashed(storage)), recover: { giveUpAfter: 3 }, fetch: vi.fn(async () => answer()) })
  expect(taskOf(next.client, 'task-1')).toMatchObject({ status: 'submitting', turns: [{ result: 'One!' }, { key, input: { text: 'Two' }, status: 'submitting' }] })
  await vi.advanceTimersByTimeAsync(60_000)

  expect(taskOf(next.client, 'task-1')).toMatchObject({ connection: 'closed', turns: [{ status: 'completed', result: 'One!' }, { key, ...turn }] })
  expect(next.requests).toEqual([])
})
