import { expect, it, vi } from 'vitest'
import { WorkflowError } from '../../src/core.ts'
import { beginDroppedRun, beginRun, fakeTime, isoOf, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'

// What waits behind a turn of which nobody knows whether it runs.

fakeTime()

const textsOf = (requests: readonly { readonly body?: string }[]): string[] =>
  requests.map(({ body = '' }) => (JSON.parse(body) as { input: { text: string } }).input.text)

it.each([
  ['broke before it was named', undefined, 'unknown_start'],
  ['was not answered', new WorkflowError('network', 'submit', 'no answer', { mayHaveStarted: true }), 'network'],
  ['was answered by 500', new WorkflowError('server_error', 'submit', 'no', { status: 500, mayHaveStarted: true }), 'server_error'],
])('is not sent by itself when the turn before it %s', async (_, failure, code) => {
  const { client, fail, end, requests } = setUpService()
  const onError = vi.fn()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  client.observe(first.key, { onError })
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'queue' })
  const third = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Three', whenBusy: 'queue' })
  await pass(0)

  await (failure ? fail(failure) : end())
  await pass(0)

  for (const { settled } of [second, third]) {
    expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled', mayHaveStarted: false, cause: { code } } })
  }
  expect(onError.mock.calls).toMatchObject([[{ code }], [{ code: 'cancelled' }], [{ code: 'cancelled' }]])
  expect(taskOf(client, first.key)).toMatchObject({ queue: [], error: { code } })
  expect(textsOf(requests)).toEqual(['One'])
  client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'queue' })
  await pass(0)
  expect(textsOf(requests)).toEqual(['One', 'Two'])
})

it('is not sent by itself behind a later turn either', async () => {
  const { client, key, send, end, frames, requests, task } = await beginRun()
  send(frames.finished({ result: '1' }))
  await pass(0)
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two' })
  const third = client.submit({ workflowId: 'flow', taskId: key, input: 'Three', whenBusy: 'queue' })
  await pass(0)

  await end()
  await pass(0)

  expect(await third.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled', cause: { code: 'unknown_start' } } })
  expect(task()).toMatchObject({ status: 'completed', result: '1', error: { code: 'unknown_start' } })
  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

it('replaces nothing that may have started', async () => {
  const { client, end, requests } = setUpService()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await pass(0)
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'replace' })

  await end()
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { cause: { code: 'unknown_start' } } })
  expect(textsOf(requests)).toEqual(['One'])
})

it('is not sent by itself when the turn before it was let go of before it was named', async () => {
  const { client, requests } = setUpService()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'queue' })
  await pass(0)

  client.disconnect(first.key)
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(textsOf(requests)).toEqual(['One'])
})

it('may be submitted again when a stream was lost that never named its task', async () => {
  const { client, sendText, end, requests } = setUpService()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'queue' })
  await pass(0)
  sendText('{"type":"chunk","data":"Hel"}')

  await end()
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two' })
  await pass(0)
  expect(textsOf(requests)).toEqual(['One', 'Two'])
})

it('stays in line behind a run that was let go of, and goes on once it is followed to its end', async () => {
  const { client, key, service, requests, task } = await beginRun()
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  client.disconnect(key)
  await pass(100_000)
  expect(task()).toMatchObject({ connection: 'closed', queue: [{ key: second.key }] })
  expect(textsOf(requests)).toEqual(['Hi'])

  service.answer('task', record('completed', { result: '1' }))
  void client.reconnect(key)
  await pass(0)

  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

it('goes on once a run that was let go of is stopped', async () => {
  const { client, key, service, requests } = await beginRun()
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  client.disconnect(key)
  service.answer('stop', record('stopped'))

  await client.stop(key)
  await pass(0)

  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

it.each(['before', 'after'])('is cancelled when the run is lost %s its conversation was left', async (when) => {
  const { client, key, requests, end } = await beginRun({ recover: false })
  client.show('chat', key)
  const leave = client.observe(key, {})
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  const reset = (): void => {
    client.show('chat', undefined)
    leave()
  }

  if (when === 'after') reset()
  await pass(0)
  await end()
  if (when === 'before') reset()
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(textsOf(requests)).toEqual(['Hi'])
})

it('stays in line behind a lost run whose view is only away', async () => {
  const { client, key, end, task } = await beginRun({ recover: false })
  client.show('chat', key)
  const leave = client.observe(key, {})
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  await end()

  leave()
  await pass(1000)

  expect(task().queue).toMatchObject([{ key: second.key }])
})

it('goes on behind a run whose conversation was left, as long as it is followed', async () => {
  const { client, key, requests, service } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing')) })
  const leave = client.observe(key, {})
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  leave()
  await pass(3000)

  service.answer('task', record('completed', { result: '1' }))
  await pass(10_000)

  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

// Another id

it('goes behind the new one when a continued task is answered under another id', async () => {
  const { client, key, send, frames, requests } = await beginRun()
  send(frames.finished({ result: '1' }))
  await pass(0)
  client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Three', whenBusy: 'queue' })
  const fourth = client.submit({ workflowId: 'flow', taskId: key, input: 'Four', whenBusy: 'queue' })
  await pass(0)

  send({ type: 'task_created', task_id: 'task-2', time: isoOf(10), data: { id: 'task-2', status: 'pending' } })
  await pass(0)
  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
  expect(taskOf(client, 'task-1').queue).toEqual([])
  expect(taskOf(client, 'task-2').queue).toHaveLength(2)
  send({ type: 'task_finished', task_id: 'task-2', time: isoOf(11), data: { id: 'task-2', status: 'completed', result: '2' } })
  await pass(0)
  expect(textsOf(requests)).toEqual(['Hi', 'Two', 'Three'])

  // And behind that, should it get another id again.
  send({ type: 'task_created', task_id: 'task-3', time: isoOf(20), data: { id: 'task-3', status: 'pending' } })
  await pass(0)
  expect(taskOf(client, 'task-3').queue).toMatchObject([{ key: fourth.key }])
  send({ type: 'task_finished', task_id: 'task-3', time: isoOf(21), data: { id: 'task-3', status: 'completed', result: '3' } })
  await pass(0)
  expect(requests.map(({ body = '' }) => (JSON.parse(body) as { id?: string }).id)).toEqual([undefined, 'task-1', 'task-2', 'task-3'])
  expect(textsOf(requests).at(-1)).toBe('Four')
})
