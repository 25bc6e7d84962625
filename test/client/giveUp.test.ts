import { expect, it, vi } from 'vitest'
import type { HeadersSource } from '../../src/client/options.ts'
import type { StopAnswer } from '../../src/core.ts'
import { beginRun, fakeTime, pass, setUpService } from './followed.ts'
import type { Followed } from './followed.ts'
import { taskOf } from './handClient.ts'
import { silence } from './scriptedService.ts'

// Stops that nobody answers, and stops of what was not sent.

fakeTime()

type Service = ReturnType<typeof setUpService>

it.each<[string, (service: Service, key: string) => unknown]>([
  ['disconnect', ({ client }, key) => { client.disconnect(key) }],
  ['destroy', ({ client }) => { client.destroy() }],
  ['the end of the line', ({ end }) => end()],
])('gives up a stop that waits for the answer to the POST: %s', async (_, giveUp) => {
  const service = setUpService()
  const { key } = service.client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)
  const stopping = service.client.stop(key)
  await pass(100_000)
  expect(taskOf(service.client, key).isStopping).toBe(true)

  await giveUp(service, key)

  expect(await stopping).toMatchObject({ server: 'unconfirmed', error: { code: 'stop_failed', cause: { code: 'unknown_start' } } })
  expect(taskOf(service.client, key).isStopping).toBe(false)
  expect(service.service.count('stop')).toBe(0)
})

it('goes on with a stop when the conversation is left, and stops the run as soon as it is named', async () => {
  const { client, service, send, requests } = setUpService()
  service.answer('stop', { id: 'task-1', status: 'stopped' })
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.show('chat', key)
  await pass(0)
  const stopping = client.stop(key)

  client.show('chat', undefined)
  await pass(1000)
  send({ type: 'task_created', task_id: 'task-1', data: { id: 'task-1', status: 'pending' } })

  expect(await stopping).toEqual({ server: 'confirmed' })
  expect(requests).toHaveLength(1)
})

it.each<[string, (run: Followed) => void]>([
  ['destroy', ({ client }) => { client.destroy() }],
  ['thirty seconds', () => undefined],
])('gives up a stop whose own headers never come: %s', async (_, giveUp) => {
  const headers = vi.fn<Extract<HeadersSource, (...given: never) => unknown>>(({ reason }) => (reason === 'stop' ? new Promise(() => undefined) : {}))
  const run = await beginRun({ headers })
  const stopping = run.client.stop(run.key)
  await pass(0)

  giveUp(run)
  await pass(30_000)

  expect(await stopping).toMatchObject({ server: 'unconfirmed', error: { code: 'stop_failed' } })
  expect(run.task().isStopping).toBe(false)
})

it('sends nothing of a run that is stopped before it was sent, and counts it as stopped', async () => {
  let answer: (headers: HeadersInit) => void = () => undefined
  const onError = vi.fn()
  const onSettled = vi.fn()
  const { client, requests, service } = setUpService({ headers: () => new Promise((resolve) => { answer = resolve }) })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onError, onSettled })
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })

  const stopping = client.stop(key)

  expect(taskOf(client, second.key)).toMatchObject({ status: 'submitting', queue: [] })
  expect(await stopping).toEqual({ server: 'confirmed' })
  expect(await settled).toMatchObject({ cause: 'stopped', status: 'stopped', error: null, taskId: undefined })
  expect(onError).not.toHaveBeenCalled()
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'stopped' }))
  answer({})
  await pass(0)
  expect(requests.map(({ body }) => body)).toEqual(['{"input":{"text":"Two"}}'])
  expect(service.sent).toHaveLength(0)
})

it('sends what replaces a run that was not sent yet, and nothing else', async () => {
  const headers = vi.fn<() => Promise<HeadersInit>>().mockReturnValueOnce(new Promise(() => undefined)).mockResolvedValue({})
  const { client, requests } = setUpService({ headers })
  const first = client.submit({ workflowId: 'flow', input: 'One' })

  client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'replace' })
  await pass(0)

  expect(await first.settled).toMatchObject({ cause: 'stopped' })
  expect(requests.map(({ body }) => body)).toEqual(['{"input":{"text":"Two"}}'])
})

it('leaves the turns before as they were when a later one is stopped before it was sent', async () => {
  const headers = vi.fn<() => HeadersInit | Promise<HeadersInit>>(() => ({}))
  const { client, key, send, frames, settled, task, posts, service } = await beginRun({ headers })
  send(frames.finished({ result: '1' }))
  await settled
  headers.mockReturnValue(new Promise(() => undefined))
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two' })

  expect(await client.stop(key)).toEqual({ server: 'confirmed' })

  expect(await second.settled).toMatchObject({ cause: 'stopped', taskId: 'task-1' })
  expect(task().turns).toMatchObject([{ status: 'completed', result: '1' }, { status: 'stopped', error: null }])
  expect([posts(), service.count('stop')]).toEqual([1, 0])
})

// Destroyed

it.each<[string, (client: Followed['client']) => unknown]>([
  ['stop', (client) => client.stop('task-1').then(({ server, error }: StopAnswer) => server === 'unconfirmed' && error?.cause)],
  ['stop of a task from elsewhere', (client) => client.stop('task-9').then(({ server, error }: StopAnswer) => server === 'unconfirmed' && error?.cause)],
  ['getThread', (client) => client.getThread('task-1').catch((error: unknown) => error)],
  ['getGraph', (client) => client.getGraph('flow').catch((error: unknown) => error)],
  ['reconnect', (client) => client.reconnect('task-1').then(({ cause, error }) => cause === 'lost' && error)],
  ['reconnect to a task from elsewhere', (client) => client.reconnect('task-9').then(({ cause, error }) => cause === 'lost' && error)],
])('sends nothing once the client is destroyed, and says so: %s', async (_, command) => {
  const headers = vi.fn(() => ({}))
  const { client, service, requests } = await beginRun({ headers })
  client.destroy()
  headers.mockClear()

  const answer = await command(client)

  expect(answer).toMatchObject({ code: 'invalid_options', message: expect.stringMatching(/destroyed: make a new one/) as string })
  client.disconnect('task-1')
  client.cancelQueued('task-1')
  client.destroy()
  expect([service.sent.length, requests.length]).toEqual([0, 1])
  expect(headers).not.toHaveBeenCalled()
})

it('ends a stop that is under way when the client is destroyed', async () => {
  const { client, key, service } = await beginRun()
  service.answer('stop', silence)
  const stopping = client.stop(key)
  await pass(0)

  client.destroy()

  expect(await stopping).toMatchObject({ server: 'unconfirmed', error: { code: 'stop_failed' } })
})
