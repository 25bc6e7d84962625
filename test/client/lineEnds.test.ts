import { expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { WorkflowError } from '../../src/core.ts'
import type { WorkflowClientOptions } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp, taskOf } from './handClient.ts'

it('says lost, and keeps everything, when the stream ends before the task', async () => {
  const { client, send, end } = setUp()
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(frames.created(), frames.updated(), frames.chunk('Hel'))

  await end()

  expect(await settled).toMatchObject({ cause: 'lost', status: 'executing', text: 'Hel', error: { code: 'stream_truncated' } })
  expect(taskOf(client, key)).toMatchObject({ connection: 'lost', status: 'executing', text: 'Hel', error: { code: 'stream_truncated', phase: 'stream', taskId: 'task-1' } })
})

it('says unknown start when the line broke before any frame', async () => {
  const { client, fail } = setUp()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  await fail(new WorkflowError('network', 'stream', 'cut'))

  expect(await settled).toMatchObject({ cause: 'lost', error: { code: 'unknown_start', mayHaveStarted: true } })
  expect(taskOf(client, key).error?.code).toBe('unknown_start')
})

it.each<[WorkflowClientOptions['recover']]>([[false], [{ jitter: 0 }]])('says unknown start when nothing told which task it is, keeps what came, and can go on: recover %j', async (recover) => {
  const { client, sendText, requests, fail } = setUp({ recover })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  sendText('{"type":"chunk","data":"Hel"}')

  await fail(new TypeError('Load failed'))

  expect(await settled).toMatchObject({ cause: 'lost', status: 'error', text: 'Hel', error: { code: 'unknown_start', mayHaveStarted: true } })
  expect(taskOf(client, key)).toMatchObject({ connection: 'closed', status: 'error', text: 'Hel', error: { code: 'unknown_start' } })
  void client.submit({ workflowId: 'flow', taskId: key, input: 'Again' })
  await turnOver()
  expect(requests).toHaveLength(2)
  expect(JSON.parse(requests[1]?.body ?? '')).toEqual({ input: { text: 'Again' } })
})

it('says lost, not refused, of a submit that may have started', async () => {
  const { client, fail } = setUp()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  await fail(new WorkflowError('network', 'submit', 'no answer', { mayHaveStarted: true }))

  expect(await settled).toMatchObject({ cause: 'lost', status: 'error', error: { code: 'network' } })
})

it('sends nothing when the headers function throws', async () => {
  const cause = new Error('no token')
  const { client, requests } = setUp({ headers: () => { throw cause } })

  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'headers_failed', cause } })
  expect(requests).toHaveLength(0)
})

it('sends nothing when it is let go of while headers are awaited, and can be used again', async () => {
  let answer: (headers: HeadersInit) => void = () => undefined
  const { client, requests } = setUp({ headers: () => new Promise((resolve) => { answer = resolve }) })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  const onError = vi.fn()
  client.observe(key, { onError })

  client.disconnect(key)
  answer({})

  expect(await settled).toMatchObject({ cause: 'disconnected', status: 'idle', error: null })
  expect(taskOf(client, key)).toMatchObject({ connection: 'closed', status: 'idle', error: null, input: { text: 'Hi' } })
  expect(onError).not.toHaveBeenCalled()
  expect(requests).toHaveLength(0)
  client.submit({ workflowId: 'flow', taskId: key, input: 'Again' })
  answer({})
  await turnOver()
  expect(requests).toHaveLength(1)
})

it('leaves the turn before on screen when the next one is let go of before it was sent', async () => {
  let headers: HeadersInit | Promise<HeadersInit> = {}
  const { client, send, requests } = setUp({ headers: () => headers })
  const frames = createFrames()
  const { key } = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  send(frames.created(), frames.finished({ result: 'One!' }))
  headers = new Promise(() => undefined)
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two' })
  await turnOver()

  client.disconnect(second.key)

  expect(await second.settled).toMatchObject({ cause: 'disconnected', status: 'idle', error: null })
  expect(taskOf(client, key)).toMatchObject({ status: 'completed', result: 'One!', connection: 'closed', error: null })
  expect(requests).toHaveLength(1)
})

it('closes every line when it is destroyed, and plain requests too', async () => {
  const signals: AbortSignal[] = []
  const fetch: typeof globalThis.fetch = (_, init) => new Promise((_, reject) => {
    const signal = init?.signal
    if (!signal) return
    signals.push(signal)
    signal.addEventListener('abort', () => { reject(signal.reason as Error) })
  })
  const { client, requests, send } = setUp({ fetch })
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(createFrames().created())
  const reading = client.getThread('task-1')
  await turnOver()

  client.destroy()

  expect(await settled).toMatchObject({ cause: 'disconnected' })
  expect(requests[0]?.signal.aborted).toBe(true)
  await expect(reading).rejects.toBeDefined()
  expect(signals.every((signal) => signal.aborted)).toBe(true)
})

it('is let go of even when the headers never come', async () => {
  const { client } = setUp({ headers: () => new Promise(() => undefined) })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  client.disconnect(key)

  expect(await settled).toMatchObject({ cause: 'disconnected' })
})

it('submits nothing once it is destroyed', () => {
  const { client } = setUp()

  client.destroy()

  expect(() => client.submit({ workflowId: 'flow', input: 'Hi' })).toThrow(/make a new one/)
})

it('lets go of the turn that runs, not of one whose output is still being checked', async () => {
  const { client, send, requests } = setUp()
  const frames = createFrames()
  const schema = v.pipeAsync(v.string(), v.checkAsync(() => new Promise<boolean>(() => undefined)))
  client.submit({ workflowId: 'flow', input: 'One', schema })
  await turnOver()
  send(frames.created(), frames.finished({ result: 'x' }))
  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await turnOver()
  send(frames.created())

  client.disconnect('task-1')

  expect(await second.settled).toMatchObject({ cause: 'disconnected' })
  expect(requests[1]?.signal.aborted).toBe(true)
})

it('closes the line when the service has gone on to a turn of its own and ended it', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const { settled } = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()

  send(frames.created(), frames.created({ input: { text: 'Not ours' } }), frames.finished({ result: 'x' }))

  expect(await settled).toMatchObject({ cause: 'lost', result: null })
  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'completed', result: 'x' })
})

it('stops listening on disconnect, and says so without an error', async () => {
  const { client, send, requests } = setUp()
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(frames.created(), frames.chunk('Hel'))

  client.disconnect(key)

  expect(await settled).toMatchObject({ cause: 'disconnected', status: 'pending', text: 'Hel', error: null })
  expect(requests[0]?.signal.aborted).toBe(true)
  expect(taskOf(client, key)).toMatchObject({ connection: 'closed', status: 'pending', text: 'Hel' })
})
