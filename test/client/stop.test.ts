import * as v from 'valibot'
import { afterEach, expect, it, vi } from 'vitest'
import { createWorkflowClient, selectTask } from '../../src/core.ts'
import type { TaskState, WorkflowClient } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import type { Frames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

const clients: WorkflowClient[] = []
afterEach(() => { for (const client of clients.splice(0)) client.destroy() })

interface Setting extends HandTransport {
  readonly client: WorkflowClient
  readonly key: string
  readonly frames: Frames
  readonly fetch: ReturnType<typeof vi.fn>
  readonly settled: Promise<unknown>
  readonly task: () => TaskState | undefined
}

/** A run under way; `answer` is what the service says when it is asked to stop. */
async function setUp(answer: () => Response | Promise<Response>): Promise<Setting> {
  const hand = createHandTransport()
  const frames = createFrames()
  const fetch = vi.fn(async () => answer())
  const client = createWorkflowClient({ baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false, recover: false, fetch })
  clients.push(client)
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  hand.send(frames.created(), frames.updated(), frames.chunk('Hel'), frames.request({ graph_node_id: 'node' }))
  return { ...hand, client, key, frames, fetch, settled, task: () => selectTask(client.store.getState(), key) }
}

const taskAnswer = (status: string, fields = {}) => (): Response => Response.json({ id: 'task-1', status, ...fields })

it('shows stopping, and stopped once the service confirmed', async () => {
  const { client, key, fetch, settled, task, requests } = await setUp(taskAnswer('stopped', { is_manually_stopped: true }))

  const stopping = client.stop(key)
  expect(task()).toMatchObject({ isStopping: true, status: 'executing' })

  expect(await stopping).toEqual({ server: 'confirmed' })
  expect(fetch).toHaveBeenCalledExactlyOnceWith('https://service.test/v1/tasks/task-1/stop', expect.objectContaining({ method: 'POST' }))
  expect(task()).toMatchObject({ isStopping: false, status: 'stopped', connection: 'closed', text: 'Hel', error: null })
  expect(task()?.timeline).toMatchObject([{ id: 'node', status: 'stopped' }])
  expect(await settled).toMatchObject({ cause: 'stopped', text: 'Hel' })
  expect(requests[0]?.signal.aborted).toBe(true)
})

// Law 3 (no lie). Broken by: stopTask.ts answering `confirmed` whatever the status is (`over`).
it('goes on stopping while the answered task still runs, until the stream says stopped', async () => {
  const { client, key, send, frames, settled, task } = await setUp(taskAnswer('executing'))

  expect(await client.stop(key)).toEqual({ server: 'unconfirmed' })
  expect(task()).toMatchObject({ isStopping: true, status: 'executing' })
  send(frames.finished({ status: 'stopped' }))

  expect(await settled).toMatchObject({ cause: 'stopped' })
  expect(task()).toMatchObject({ isStopping: false, status: 'stopped' })
})

it('settles as another terminal answer says', async () => {
  const { client, key, settled } = await setUp(taskAnswer('completed', { result: 'Hello' }))

  expect(await client.stop(key)).toEqual({ server: 'unconfirmed' })

  expect(await settled).toMatchObject({ cause: 'finished', status: 'completed', result: 'Hello' })
})

it('ends a lost run, and then knows no error of it', async () => {
  const { client, key, end, settled, task } = await setUp(taskAnswer('completed', { result: 'Hello' }))
  await end()
  expect(await settled).toMatchObject({ cause: 'lost' })

  await client.stop(key)

  expect(task()).toMatchObject({ status: 'completed', result: 'Hello', error: null, connection: 'closed' })
})

it('tells the end of a run that was let go of, with its output checked, once', async () => {
  const hand = createHandTransport()
  const frames = createFrames()
  const fetch = vi.fn(async () => taskAnswer('completed', { result: '{"answer":42}' })())
  const client = createWorkflowClient({ baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false, recover: false, fetch })
  clients.push(client)
  const onSettled = vi.fn()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi', schema: v.object({ answer: v.number() }) })
  client.observe(key, { onSettled })
  await turnOver()
  hand.send(frames.created())
  client.disconnect(key)
  await settled

  await client.stop(key)

  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'finished', output: { answer: 42 } }))
})

it('takes no record of another task for an answer', async () => {
  const { client, key, task } = await setUp(() => Response.json({ id: 'task-9', status: 'stopped' }))

  expect(await client.stop(key)).toMatchObject({ server: 'unconfirmed', error: { code: 'stop_failed' } })

  expect(task()).toMatchObject({ status: 'executing', isStopping: false })
})

it('tells a refused stop, with its cause, and goes on following the run', async () => {
  const { client, key, task, send, frames } = await setUp(() => Response.json({ detail: 'no' }, { status: 500 }))
  const onError = vi.fn()
  client.observe(key, { onError })

  const answer = await client.stop(key)

  expect(answer).toMatchObject({ server: 'unconfirmed', error: { code: 'stop_failed', phase: 'stop', taskId: 'task-1', cause: { code: 'server_error' } } })
  expect(onError).toHaveBeenCalledExactlyOnceWith(answer.error)
  expect(task()).toMatchObject({ isStopping: false, status: 'executing', connection: 'open', error: null })
  send(frames.chunk('lo'))
  expect(task()?.text).toBe('Hello')
})

it('asks once, however often it is called', async () => {
  const { client, key, fetch } = await setUp(taskAnswer('stopped'))

  const answers = await Promise.all([client.stop(key), client.stop('task-1'), client.stop(key)])

  expect(answers).toEqual([{ server: 'confirmed' }, { server: 'confirmed' }, { server: 'confirmed' }])
  expect(fetch).toHaveBeenCalledTimes(1)
  expect(await client.stop(key)).toEqual({ server: 'confirmed' })
  expect(fetch).toHaveBeenCalledTimes(1)
})

it('waits for the id of a run that has none yet, then stops it', async () => {
  const hand = createHandTransport()
  const fetch = vi.fn(async () => taskAnswer('stopped')())
  const client = createWorkflowClient({ baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false, recover: false, fetch })
  clients.push(client)
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  const stopping = client.stop(key)
  await turnOver()
  expect(fetch).not.toHaveBeenCalled()
  hand.send(createFrames().created())

  expect(await stopping).toEqual({ server: 'confirmed' })
})

it('is unconfirmed when the run never got an id', async () => {
  const hand = createHandTransport()
  const client = createWorkflowClient({ baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false })
  clients.push(client)
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  const stopping = client.stop(key)
  await hand.end()

  expect((await stopping).server).toBe('unconfirmed')
  expect(selectTask(client.store.getState(), key)?.isStopping).toBe(false)
})

it('does not take the end of the turn before for a stop of this one', async () => {
  const { client, key, send, frames, settled } = await setUp(taskAnswer('completed', { finished_at: '2026-05-13T10:00:00.005Z' }))
  send(frames.finished({ result: 'one', finished_at: '2026-05-13T10:00:00.005Z' }))
  await settled
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two' })
  await turnOver()
  send(frames.created(), frames.updated())

  expect(await client.stop(key)).toEqual({ server: 'unconfirmed' })

  expect(selectTask(client.store.getState(), key)).toMatchObject({ status: 'executing', isStopping: true })
})
