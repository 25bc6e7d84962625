import { expect, it } from 'vitest'
import type { WhenBusy } from '../../src/client/workflowClient.ts'
import { fakeTime, isoOf, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'
import { later, silence } from './scriptedService.ts'

// A submit to a task of which nothing was read yet.

fakeTime()

const ended = record('completed', { result: '1', input: { text: 'One' }, finished_at: isoOf(-1000) })

it.each<[WhenBusy]>([['reject'], ['queue'], ['replace']])('waits until the task was read, and is sent when it has ended (%s)', async (whenBusy) => {
  const { client, service, requests } = setUpService()
  const reading = later()
  service.answer('task', reading.answer)
  service.answer('stop', 500)
  void client.reconnect('task-1')
  await pass(0)

  const { key } = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two', whenBusy })
  await pass(1000)
  expect(requests).toHaveLength(0)
  expect(taskOf(client, 'task-1').queue).toMatchObject([{ key }])
  reading.give(ended)
  await pass(0)

  expect(requests).toHaveLength(1)
  expect(service.count('stop')).toBe(0)
  expect(taskOf(client, 'task-1')).toMatchObject({ key, status: 'submitting', queue: [], turns: [{ result: '1' }, { key }] })
})

it.each<[WhenBusy, number, number]>([['reject', 0, 0], ['queue', 0, 0], ['replace', 1, 1]])('does what %s says when the task runs', async (whenBusy, posts, stops) => {
  const { client, service, requests } = setUpService()
  const reading = later()
  service.answer('task', reading.answer, record('executing'))
  service.answer('stop', record('stopped'))
  void client.reconnect('task-1')
  const { settled } = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two', whenBusy })
  await pass(0)

  reading.give(record('executing'))
  await pass(0)

  expect([requests.length, service.count('stop')]).toEqual([posts, stops])
  if (whenBusy === 'reject') expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'busy', taskId: 'task-1' } })
  expect(taskOf(client, 'task-1').queue).toHaveLength(whenBusy === 'queue' ? 1 : 0)
})

it('makes one run of a double click', async () => {
  const { client, service, requests } = setUpService()
  const reading = later()
  service.answer('task', reading.answer)
  void client.reconnect('task-1')

  client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  const { settled } = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  reading.give(ended)
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'busy' } })
  expect(requests).toHaveLength(1)
})

it('is sent when the service has no such task, which it then says itself', async () => {
  const { client, service, requests } = setUpService()
  service.answer('task', 404)
  void client.reconnect('task-1')

  client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await pass(0)

  expect(requests).toHaveLength(1)
})

it('is busy once the task cannot be read, until it is read after all', async () => {
  const { client, service, requests } = setUpService({ recover: { giveUpAfter: 1 } })
  service.answer('task', 503)
  await client.reconnect('task-1')

  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Three', whenBusy: 'queue' })

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'busy' } })
  service.answer('task', ended)
  void client.reconnect('task-1')
  await pass(0)
  expect(requests).toHaveLength(1)
  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'submitting', input: { text: 'Three' }, error: null })
})

it('is cancelled when the task is let go of before it was read', async () => {
  const { client, service, requests } = setUpService()
  service.answer('task', silence)
  void client.reconnect('task-1')
  const { settled } = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })

  client.disconnect('task-1')

  expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(requests).toHaveLength(0)
})
