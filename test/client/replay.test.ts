import { expect, it, vi } from 'vitest'
import { WorkflowError } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { BEGINNING, completed, fakeTime, pass, setUpService, watchConnection } from './followed.ts'
import { beginReplayable, withReplay } from './replayable.ts'

fakeTime()

it('goes on with the stream where it broke, and misses and doubles nothing', async () => {
  const { end, open, requests, sendNext, sendText, frames, settled, task, service } = await beginReplayable()
  const second = frames.chunk('Hel')
  await end()
  await pass(1000)

  expect(requests[1]).toMatchObject({
    method: 'GET', url: 'https://service.test/v1/tasks/task-1/events', phase: 'recover', headers: { 'last-event-id': 'log.2', accept: 'text/event-stream' },
  })
  expect(requests[1]?.body).toBeUndefined()
  expect(task().connection).toBe('recovering')
  await open()
  expect(task()).toMatchObject({ connection: 'open', attempt: 0, retryAt: null })
  // A log may begin with what was seen.
  sendText(JSON.stringify(second), 'log.2')
  sendNext(frames.chunk('lo'), frames.finished())

  expect(await settled).toMatchObject({ cause: 'finished', text: 'Hello', error: null })
  expect(task()).toMatchObject({ hasGap: false })
  expect(service.count('task')).toBe(0)
  expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

it('goes on each time that it breaks', async () => {
  const { client, key, end, open, requests, sendNext, frames, settled } = await beginReplayable()
  const seen = watchConnection(client, key)

  for (const text of ['l', 'o', '!']) {
    await end()
    await pass(1000)
    await open()
    sendNext(frames.chunk(text))
  }
  sendNext(frames.finished())

  expect(await settled).toMatchObject({ text: 'Hello!' })
  expect(requests.slice(1).map(({ headers }) => headers['last-event-id'])).toEqual(['log.2', 'log.3', 'log.4'])
  expect(seen.map(([connection, attempt]) => [connection, attempt])).toEqual([
    ['recovering', 1], ['open', 0], ['recovering', 1], ['open', 0], ['recovering', 1], ['open', 0], ['closed', 0],
  ])
})

it.each([404, 405, 410])('reads the task when the stream is gone: %d', async (status) => {
  const { end, fail, settled, task, requests, service } = await beginReplayable()
  service.answer('task', completed())
  await end()
  await pass(1000)

  await fail(new WorkflowError('http_error', 'recover', 'gone', { status }))
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!', error: null })
  expect(task()).toMatchObject({ hasGap: true })
  expect(requests).toHaveLength(2)
})

it('goes on reading once the stream is gone', async () => {
  const { end, fail, requests, service } = await beginReplayable()
  service.answer('task', { id: 'task-1', status: 'executing' })
  await end()
  await pass(1000)

  await fail(new WorkflowError('not_found', 'recover', 'gone', { status: 404 }))
  await pass(10_000)

  expect(requests).toHaveLength(2)
  expect(service.count('task')).toBeGreaterThan(3)
})

it('goes back ever more slowly to a stream that is there and tells nothing, and never gives it up', async () => {
  const { end, open, sendNext, frames, settled, task, requests, service } = await beginReplayable({ recover: { giveUpAfter: 3, jitter: 0 } })
  await end()

  for (const delay of [1000, 1600, 2560, 4096, 5000, 5000, 5000]) {
    expect(task()).toMatchObject({ connection: 'recovering', attempt: 1 })
    await pass(delay)
    await open()
    await end()
  }
  await pass(5000)
  sendNext(frames.finished({ result: 'Hello' }))

  expect(await settled).toMatchObject({ cause: 'finished', text: 'Hello' })
  expect(requests).toHaveLength(9)
  expect(service.count('task')).toBe(0)
})

it('tries again when the stream cannot be had', async () => {
  const { end, fail, open, sendNext, frames, settled, requests } = await beginReplayable()
  await end()
  await pass(1000)
  await fail(new WorkflowError('server_error', 'recover', 'busy', { status: 503 }))
  await pass(1600)

  await open()
  sendNext(frames.finished({ result: 'Hello!' }))

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(requests).toHaveLength(3)
})

it('asks again for the frame that the line broke in', async () => {
  const { end, open, requests, sendNext, sendText, frames, task } = await beginReplayable()
  const { eventCount } = task()
  sendText('{"type":"chunk","task_id":"task-1","da', 'log.3')
  await end()
  await pass(1000)
  expect(requests[1]?.headers['last-event-id']).toBe('log.2')
  await open()

  sendNext(frames.chunk('lo'))

  expect(task()).toMatchObject({ text: 'Hello', malformedCount: 1, eventCount: eventCount + 1 })
})

it('counts anew after a stream that told something', async () => {
  const { end, fail, open, sendNext, frames, task } = await beginReplayable()
  await end()
  await pass(1000)
  await fail(new WorkflowError('server_error', 'recover', 'busy', { status: 503 }))
  expect(task().attempt).toBe(2)
  await pass(1600)
  await open()
  sendNext(frames.chunk('lo'))

  await end()

  expect(task()).toMatchObject({ connection: 'recovering', attempt: 1, retryAt: BEGINNING + 3600 })
})

it('says which try the headers are for, and asks once more after a 401', async () => {
  const headers = vi.fn(() => ({}))
  const { end, fail, requests } = await beginReplayable({ headers })
  headers.mockClear()
  await end()
  await pass(1000)
  await fail(new WorkflowError('server_error', 'recover', 'busy', { status: 503 }))
  await pass(1600)
  await fail(new WorkflowError('unauthorized', 'recover', 'expired', { status: 401 }))
  await pass(0)

  expect(headers.mock.calls).toEqual([
    [{ attempt: 1, reason: 'recover' }], [{ attempt: 1, reason: 'recover' }], [{ attempt: 2, reason: 'recover' }], [{ attempt: 3, reason: 'unauthorized' }],
  ])
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'GET', 'GET', 'GET'])
})

it('takes the end that the stream told without a last frame', async () => {
  const { end, open, sendNext, frames, settled, service } = await beginReplayable()
  await end()
  await pass(1000)
  await open()
  sendNext(frames.updated({ status: 'completed', result: 'Hello!' }))

  await end()
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(service.count('task')).toBe(0)
})

it('lets go of a stream that it went back to', async () => {
  const { client, key, end, open, settled, requests, task } = await beginReplayable()
  await end()
  await pass(1000)
  await open()

  client.disconnect(key)

  expect(await settled).toMatchObject({ cause: 'disconnected' })
  expect(requests[1]?.signal.aborted).toBe(true)
  expect(task().connection).toBe('closed')
  expect(vi.getTimerCount()).toBe(0)
})

it('never goes back to a stream that did not say that it can be', async () => {
  const { client, open, sendText, end, requests, service } = setUpService()
  service.answer('invoke', () => new Response(null))
  service.answer('task', completed())
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)
  await open()
  sendText(JSON.stringify(createFrames('task-1', BEGINNING).created()), 'log.1')

  await end()
  await pass(1000)

  expect(await settled).toMatchObject({ cause: 'finished' })
  expect(requests).toHaveLength(1)
})

it('reads the task of a stream without ids, once it has text that would come twice', async () => {
  const { client, open, send, end, requests, service } = setUpService()
  service.answer('invoke', withReplay)
  service.answer('task', completed())
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)
  await open()
  const frames = createFrames('task-1', BEGINNING)
  send(frames.created(), frames.chunk('Hel'))

  await end()
  await pass(1000)

  expect(await settled).toMatchObject({ cause: 'finished' })
  expect(requests).toHaveLength(1)
})
