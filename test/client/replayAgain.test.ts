import { expect, it } from 'vitest'
import { WorkflowError, persistTasks } from '../../src/core.ts'
import { createMemoryStorage } from '../store/memoryStorage.ts'
import { completed, fakeTime, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'
import { beginReplayable, withReplay } from './replayable.ts'

fakeTime()

it.each(['key', 'task-1'])('goes on with the stream of a run that was let go of, by %s', async (by) => {
  const { client, key, open, requests, sendNext, frames, service, task } = await beginReplayable()
  client.disconnect(key)
  await pass(5000)

  const again = client.reconnect(by === 'key' ? key : by)
  await pass(0)
  expect(requests[1]).toMatchObject({ method: 'GET', url: 'https://service.test/v1/tasks/task-1/events', headers: { 'last-event-id': 'log.2' } })
  await open()
  expect(task()).toMatchObject({ connection: 'open', text: 'Hel' })
  sendNext(frames.chunk('lo'), frames.finished())

  expect(await again).toMatchObject({ cause: 'finished', text: 'Hello', error: null })
  expect(task().hasGap).toBe(false)
  expect(service.count('task')).toBe(0)
})

it('goes on with the stream of a run that was lost', async () => {
  const { client, key, end, fail, open, requests, sendNext, frames, service, settled } = await beginReplayable({ recover: { giveUpAfter: 1, jitter: 0 } })
  service.answer('task', 503)
  await end()
  await pass(1000)
  await fail(new WorkflowError('server_error', 'recover', 'busy', { status: 503 }))
  await pass(0)
  expect(await settled).toMatchObject({ cause: 'lost' })

  const again = client.reconnect(key)
  await pass(0)
  await open()
  sendNext(frames.finished({ result: 'Hello!' }))

  expect(requests[2]?.headers['last-event-id']).toBe('log.2')
  expect(await again).toMatchObject({ cause: 'finished', result: 'Hello!' })
})

it('goes on with the stream after a reload, and doubles nothing', async () => {
  const storage = createMemoryStorage()
  const before = await beginReplayable({ persist: persistTasks(storage) })
  before.client.destroy()
  await pass(0)

  const { client, open, requests, sendText, service } = setUpService({ persist: persistTasks(storage) })
  service.answer('events', withReplay)
  await pass(0)
  expect(requests).toMatchObject([{ method: 'GET', headers: { 'last-event-id': 'log.2' } }])
  await open()
  sendText(JSON.stringify(before.frames.chunk('lo')), 'log.3')
  sendText(JSON.stringify(before.frames.finished()), 'log.4')
  await pass(0)

  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'completed', text: 'Hello', hasGap: false, connection: 'closed' })
  expect(service.count('task')).toBe(0)
})

it.each([404, 405, 410])('reads the task at once where the stream is gone by then: %d', async (status) => {
  const { client, key, fail, requests, service, task } = await beginReplayable()
  service.answer('task', record('executing'), completed())
  client.disconnect(key)
  await pass(0)

  const again = client.reconnect(key)
  await pass(0)
  await fail(new WorkflowError('http_error', 'recover', 'gone', { status }))
  await pass(0)
  expect(task()).toMatchObject({ connection: 'polling', error: null, hasGap: true })
  await pass(1000)

  expect(await again).toMatchObject({ cause: 'finished', result: 'Hello!', error: null })
  expect(requests).toHaveLength(2)
})

it('does not go back to a stream that said the next time that it cannot be', async () => {
  const { client, key, end, open, requests, service } = await beginReplayable()
  service.answer('events', () => new Response(null))
  service.answer('task', completed())
  await end()
  await pass(1000)
  await open()
  client.disconnect(key)
  await pass(0)

  const again = client.reconnect(key)
  await pass(0)

  expect(await again).toMatchObject({ cause: 'finished' })
  expect(requests).toHaveLength(2)
})

it('does not go back to the stream of the turn before', async () => {
  const { client, key, end, sendNext, frames, settled, requests, service } = await beginReplayable()
  sendNext(frames.finished({ result: 'One' }))
  await settled
  service.answer('invoke', () => new Response(null))
  service.answer('task', record('executing'))
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two' })
  await pass(0)

  await end()
  await pass(5000)

  expect(await second.settled).toMatchObject({ cause: 'lost', error: { code: 'unknown_start' } })
  expect(requests.map(({ method }) => method)).toEqual(['POST', 'POST'])
})
