import * as v from 'valibot'
import { expect, it, vi } from 'vitest'
import type { SettledTurn } from '../../src/core.ts'
import { BEGINNING, beginDroppedRun, beginRun, completed, fakeTime, isoOf, pass, record, setUpService, watchConnection } from './followed.ts'
import { taskOf } from './handClient.ts'
import { later, silence } from './scriptedService.ts'
import type { Answer } from './scriptedService.ts'

fakeTime()

it('goes on after it was given up, and clears the error', async () => {
  const { client, key, service, task, turn } = await beginDroppedRun({ recover: { giveUpAfter: 2 } }, ({ answer }) => { answer('task', 503) })
  const onSettled = vi.fn()
  client.observe(key, { onSettled })
  await pass(10_000)
  expect(turn()).toMatchObject({ cause: 'lost', error: { code: 'connection_lost' } })
  service.answer('task', record('executing'), completed())

  const again = client.reconnect(key)
  expect(task()).toMatchObject({ connection: 'connecting', error: null, text: 'Hel' })
  await pass(0)
  expect(task()).toMatchObject({ connection: 'polling', status: 'executing' })
  await pass(1000)

  expect(await again).toMatchObject({ cause: 'finished', result: 'Hello!', error: null })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'finished' }))
  expect(taskOf(client, 'task-1').turns).toHaveLength(1)
})

it('goes on by the id of the task as by the key of its submit, and checks the result by the schema of the submit', async () => {
  const { client, service } = await beginDroppedRun(
    { recover: { giveUpAfter: 1 }, request: { schema: v.object({ answer: v.number() }) } }, ({ answer }) => { answer('task', 503) },
  )
  await pass(1000)
  service.answer('task', completed('{"answer":42}'))

  const again = client.reconnect('task-1')
  await pass(0)

  expect(await again).toMatchObject({ cause: 'finished', output: { answer: 42 } })
})

it('checks the result by the schema that is given last', async () => {
  const { client, key } = await beginDroppedRun({ recover: { giveUpAfter: 1 } }, ({ answer }) => { answer('task', 503, completed('42')) })
  await pass(1000)

  const again = client.reconnect(key, { schema: v.number() })
  await pass(0)

  expect(await again).toMatchObject({ output: 42 })
})

it('goes on when it is asked to where the loss is told', async () => {
  const { client, key, service } = await beginDroppedRun({ recover: { giveUpAfter: 1 } }, ({ answer }) => { answer('task', 503, completed()) })
  const turns: SettledTurn[] = []
  client.observe(key, { onError: () => { void client.reconnect(key).then((turn) => turns.push(turn)) } })

  await pass(1000)
  await pass(0)

  expect(turns).toMatchObject([{ cause: 'finished', result: 'Hello!' }])
  expect(service.count('task')).toBe(2)
})

it('goes on in the moment in which it was let go of', async () => {
  const { client, key, service, turn } = await beginRun()
  service.answer('task', completed())

  client.disconnect(key)
  const again = client.reconnect(key)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'disconnected' })
  expect(await again).toMatchObject({ cause: 'finished', result: 'Hello!' })
})

it('goes on some time after it was let go of', async () => {
  const { client, key, service } = await beginRun()
  client.disconnect(key)
  await pass(1000)
  service.answer('task', record('executing'), completed())

  const again = client.reconnect(key)
  await pass(1000)

  expect(await again).toMatchObject({ cause: 'finished', result: 'Hello!' })
})

it('answers with the following that there is', async () => {
  const { client, key, settled, send, frames, service } = await beginRun()

  const again = [client.reconnect(key), client.reconnect('task-1')]
  send(frames.finished({ result: 'Hello!' }))

  const turn = await settled
  expect(await Promise.all(again)).toEqual([turn, turn])
  expect(service.sent).toHaveLength(0)
})

it('follows once however often it is asked to', async () => {
  const { client, service } = setUpService()
  service.answer('task', record('executing'), completed())

  const turns = [client.reconnect('task-1'), client.reconnect('task-1')]
  await pass(1000)

  const [one, other] = await Promise.all(turns)
  expect(one).toBe(other)
  expect(service.count('task')).toBe(2)
})

// By an id from elsewhere

it('shows a task that runs elsewhere, from the question to the end, and says that the end came', async () => {
  const { client, service } = setUpService()
  const onSettled = vi.fn()
  client.observe('task-1', { onSettled })
  service.answer('task', record('executing', { input: { text: 'Hi' }, created_at: isoOf(-5000) }), completed())
  service.answer('thread', [{ id: '1', role: 'user', content: 'Hi' }])

  const following = client.reconnect('task-1')
  await pass(0)
  expect(taskOf(client, 'task-1')).toMatchObject({
    taskId: 'task-1', workflowId: 'flow', status: 'executing', connection: 'polling', createdAt: BEGINNING - 5000, turns: [{ input: { text: 'Hi' }, hasGap: true }],
  })
  await pass(1000)

  expect(await following).toMatchObject({ taskId: 'task-1', cause: 'finished', result: 'Hello!' })
  expect(onSettled).toHaveBeenCalledTimes(1)
  expect(service.count('thread')).toBe(1)
})

it('shows a task that ended long ago with all its turns, and tells nobody of the end', async () => {
  const { client, service } = setUpService()
  const onSettled = vi.fn()
  client.observe('task-1', { onSettled })
  service.answer('task', completed('Two!', { input: { text: 'Two' } }))
  service.answer('thread', [
    { id: '1', role: 'user', content: 'One' }, { id: '2', role: 'assistant', content: 'One!' },
    { id: '3', role: 'user', content: 'Two' }, { id: '4', role: 'assistant', content: 'Two!' },
  ])

  const following = client.reconnect('task-1')
  await pass(0)

  expect(await following).toMatchObject({ cause: 'finished', status: 'completed', result: 'Two!' })
  expect(taskOf(client, 'task-1')).toMatchObject({
    connection: 'closed', result: 'Two!',
    turns: [{ input: { text: 'One' }, text: 'One!', status: 'idle' }, { input: { text: 'Two' }, text: 'Two!', result: 'Two!', status: 'completed' }],
  })
  expect(onSettled).not.toHaveBeenCalled()
  expect(service.sent).toHaveLength(2)
})

it('tells the end of a turn that is submitted to a task from long ago', async () => {
  const { client, service, send } = setUpService()
  const onSettled = vi.fn()
  service.answer('task', completed('One!', { input: { text: 'One' } }))
  const following = client.reconnect('task-1')
  await pass(0)
  await following
  client.observe('task-1', { onSettled })

  const { settled } = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await pass(0)
  send({ type: 'task_created', task_id: 'task-1', time: isoOf(6000), data: { id: 'task-1', status: 'pending' } })
  send({ type: 'task_finished', task_id: 'task-1', time: isoOf(7000), data: { id: 'task-1', status: 'completed', result: 'Two!' } })

  expect(await settled).toMatchObject({ result: 'Two!' })
  expect(onSettled).toHaveBeenCalledTimes(1)
})

it('checks the result against the schema that it is given', async () => {
  const { client, service } = setUpService()
  service.answer('task', completed('{"answer":"no number"}'))

  const following = client.reconnect('task-1', { schema: v.object({ answer: v.number() }) })
  await pass(0)

  const turn = await following
  expect(turn).toMatchObject({ cause: 'finished', output: undefined })
  expect(turn.outputIssues).toHaveLength(1)
})

it.each([
  [404, 'not_found'],
  [403, 'forbidden'],
  [401, 'unauthorized'],
])('resolves at once when the service answers %d: %s', async (status, code) => {
  const { client, service } = setUpService()
  const onError = vi.fn()
  client.observe('task-1', { onError })
  service.answer('task', status)

  const following = client.reconnect('task-1')
  await pass(0)

  const turn = await following
  expect(turn).toMatchObject({ cause: 'lost', status: 'idle', error: { code, status } })
  expect(taskOf(client, 'task-1')).toMatchObject({ connection: 'closed', status: 'idle', error: { code }, turns: [] })
  expect(onError).toHaveBeenCalledExactlyOnceWith(turn.error)
  expect(service.sent).toHaveLength(1)
  expect(vi.getTimerCount()).toBe(0)
})

it('asks for a task again that was not there before', async () => {
  const { client, service } = setUpService()
  service.answer('task', 404, completed())
  void client.reconnect('task-1')
  await pass(0)

  const following = client.reconnect('task-1')
  await pass(0)

  expect(await following).toMatchObject({ cause: 'finished', error: null })
})

it.each<[string, Answer]>([['no network', new TypeError('Failed to fetch')], ['503', 503], ['429', 429]])('tries again after %s', async (_, failure) => {
  const { client, service } = setUpService()
  service.answer('task', failure, completed())

  const following = client.reconnect('task-1')
  await pass(60_000)

  expect(await following).toMatchObject({ cause: 'finished' })
})

it('is not given up at once when a task is refused that could be read before', async () => {
  const { client, service } = setUpService()
  service.answer('task', record('executing'), 404, completed())

  const following = client.reconnect('task-1')
  await pass(10_000)

  expect(await following).toMatchObject({ cause: 'finished', error: null })
})

it.each([403, 404])('is not given up at once when a run is refused that was followed before: %d', async (status) => {
  const { client, key, service, task } = await beginRun()
  client.disconnect(key)
  service.answer('task', status, completed())

  const following = client.reconnect(key)
  await pass(0)
  expect(task()).toMatchObject({ connection: 'recovering', attempt: 2, error: null })
  await pass(2000)

  expect(await following).toMatchObject({ cause: 'finished', error: null })
})

it('gives up a run that was followed before after as many refusals as other failures', async () => {
  const { client, key, service, task } = await beginRun()
  client.disconnect(key)
  service.answer('task', 404)

  const following = client.reconnect(key)
  await pass(60_000)

  expect(await following).toMatchObject({ cause: 'lost', text: 'Hel', error: { code: 'connection_lost', status: 404 } })
  expect(task().connection).toBe('lost')
  expect(service.count('task')).toBe(10)
})

it('shows the tries', async () => {
  const { client, service } = setUpService()
  service.answer('task', 503, completed())
  const following = client.reconnect('task-1')
  expect(taskOf(client, 'task-1').connection).toBe('connecting')
  const seen = watchConnection(client, 'task-1')

  await pass(1600)
  await following

  expect(seen).toEqual([['recovering', 2, 1600], ['closed', 0, null]])
})

it('is given up when the service cannot be reached', async () => {
  const { client, service } = setUpService({ recover: { giveUpAfter: 3 } })
  service.answer('task', new TypeError('Failed to fetch'))

  const following = client.reconnect('task-1')
  await pass(10_000)

  expect(await following).toMatchObject({ cause: 'lost', error: { code: 'connection_lost', taskId: 'task-1', cause: { code: 'network' } } })
  expect(taskOf(client, 'task-1')).toMatchObject({ connection: 'lost', error: { code: 'connection_lost' } })
  expect(service.count('task')).toBe(3)
})

it('answers at once what is over or was refused', async () => {
  const { client, key, send, frames, settled, service } = await beginRun()
  send(frames.finished({ result: 'Hello!' }))
  await settled

  expect(await client.reconnect(key)).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(await client.reconnect('task-1')).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(service.sent).toHaveLength(0)
})

it('follows nothing for a client that was destroyed', async () => {
  const { client, service } = setUpService()
  client.destroy()

  expect(await client.reconnect('task-1')).toMatchObject({ cause: 'lost' })
  expect(service.sent).toHaveLength(0)
})

it('stops a task whose first read was not answered yet', async () => {
  const { client, service } = setUpService()
  const reading = later()
  service.answer('task', reading.answer, record('stopped'))
  service.answer('stop', record('stopped'))
  const following = client.reconnect('task-1')
  await pass(0)

  expect(await client.stop('task-1')).toEqual({ server: 'confirmed' })
  reading.give(record('executing'))
  await pass(1000)

  expect(await following).toMatchObject({ cause: 'stopped' })
})

it('has all turns of a task that was stopped before its first read was answered, and follows it no longer', async () => {
  const { client, service } = setUpService()
  service.answer('task', silence, record('stopped', { input: { text: 'Two' } }))
  service.answer('stop', record('stopped', { input: { text: 'Two' } }))
  service.answer('thread', [{ role: 'user', content: 'One' }, { role: 'assistant', content: 'One!' }, { role: 'user', content: 'Two' }])
  const following = client.reconnect('task-1')
  await pass(0)

  expect(await client.stop('task-1')).toEqual({ server: 'confirmed' })

  expect(await following).toMatchObject({ status: 'stopped', cause: 'stopped' })
  expect(taskOf(client, 'task-1')).toMatchObject({
    status: 'stopped', connection: 'closed', isStopping: false, turns: [{ input: { text: 'One' }, text: 'One!' }, { input: { text: 'Two' }, status: 'stopped' }],
  })
})
