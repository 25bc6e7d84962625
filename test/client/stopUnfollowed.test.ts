import { expect, it, vi } from 'vitest'
import { beginDroppedRun, beginRun, fakeTime, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'

fakeTime()

it('reads a run that was let go of until it is stopped, when the answer says that it still runs', async () => {
  const { client, key, service, task } = await beginRun()
  const onSettled = vi.fn()
  client.observe(key, { onSettled })
  client.disconnect(key)
  service.answer('stop', record('executing'))
  service.answer('task', record('executing'), record('stopped', { is_manually_stopped: true }))

  expect(await client.stop(key)).toEqual({ server: 'unconfirmed' })
  expect(task()).toMatchObject({ isStopping: true, status: 'executing' })
  await pass(5000)

  expect(task()).toMatchObject({ isStopping: false, status: 'stopped', connection: 'closed', text: 'Hel' })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'stopped' }))
  expect(service.count('stop')).toBe(1)
  expect(vi.getTimerCount()).toBe(0)
})

it('does so after a run was lost, whose recovery is off', async () => {
  const { client, key, service, task } = await beginDroppedRun({ recover: false })
  expect(task().connection).toBe('lost')
  service.answer('stop', record('executing'))
  service.answer('task', record('stopped'))

  await client.stop(key)
  await pass(5000)

  expect(task()).toMatchObject({ isStopping: false, status: 'stopped', error: null })
})

it('does so for a task from elsewhere', async () => {
  const { client, service } = setUpService()
  service.answer('stop', record('executing'))
  service.answer('task', record('executing'), record('executing'), record('stopped'))
  service.answer('thread', [])

  expect(await client.stop('task-1')).toEqual({ server: 'unconfirmed' })
  await pass(5000)

  expect(taskOf(client, 'task-1')).toMatchObject({ isStopping: false, status: 'stopped' })
})

it('says no more that it stops when nothing can be read of the run', async () => {
  const { client, key, service, task } = await beginRun()
  client.disconnect(key)
  service.answer('stop', record('executing'))
  service.answer('task', 503)

  await client.stop(key)
  await pass(60_000)

  expect(task()).toMatchObject({ connection: 'lost', isStopping: false, status: 'executing', error: { code: 'connection_lost' } })
})

it('says no more that it stops when it is let go of after the answer', async () => {
  const { client, key, service, task } = await beginRun()
  service.answer('stop', record('executing'))
  await client.stop(key)
  expect(task().isStopping).toBe(true)

  client.disconnect(key)

  expect(task()).toMatchObject({ connection: 'closed', isStopping: false, status: 'executing' })
})
