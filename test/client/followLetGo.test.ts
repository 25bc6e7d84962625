import { expect, it, vi } from 'vitest'
import { beginDroppedRun, completed, fakeTime, pass, record } from './followed.ts'
import { later } from './scriptedService.ts'

fakeTime()

it('stops a run that is being recovered, and settles at once', async () => {
  const { client, key, turn, task, service } = await beginDroppedRun({}, ({ answer }) => { answer('stop', record('stopped', { is_manually_stopped: true })) })

  expect(await client.stop(key)).toEqual({ server: 'confirmed' })
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'stopped', text: 'Hel', error: null })
  expect(task()).toMatchObject({ status: 'stopped', connection: 'closed', isStopping: false })
  await pass(60_000)
  expect(service.count('task')).toBe(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('learns by a read that a stop was carried out which nobody answered', async () => {
  const { client, key, turn, task } = await beginDroppedRun({}, ({ answer }) => {
    answer('stop', new TypeError('Failed to fetch'))
    answer('task', record('executing'), record('stopped', { is_manually_stopped: true }))
  })

  expect(await client.stop(key)).toMatchObject({ server: 'unconfirmed', error: { code: 'stop_failed' } })
  await pass(1000)
  expect(task()).toMatchObject({ status: 'executing', isStopping: false })
  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'stopped', error: null })
})

it('goes on stopping, and following, until a read says stopped', async () => {
  const { client, key, turn, task } = await beginDroppedRun({}, ({ answer }) => {
    answer('stop', record('executing'))
    answer('task', record('executing'), record('stopped'))
  })

  expect(await client.stop(key)).toEqual({ server: 'unconfirmed' })
  await pass(1000)
  expect(task()).toMatchObject({ status: 'executing', isStopping: true })
  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'stopped' })
  expect(task().isStopping).toBe(false)
})

it('lets go of a run while it waits for the next try', async () => {
  const { client, key, turn, task, service } = await beginDroppedRun()

  client.disconnect(key)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'disconnected', text: 'Hel', error: null })
  expect(task()).toMatchObject({ connection: 'closed', status: 'executing', attempt: 0, retryAt: null })
  expect(vi.getTimerCount()).toBe(0)
  await pass(60_000)
  expect(service.count('task')).toBe(0)
})

it('lets go of a run at once while it is being read, and does not hear the answer', async () => {
  const reading = later()
  const { client, key, turn, task, service } = await beginDroppedRun({}, ({ answer }) => { answer('task', reading.answer) })
  await pass(1000)

  client.disconnect(key)
  await pass(0)
  expect(turn()).toMatchObject({ cause: 'disconnected' })
  expect(service.sent[0]?.signal?.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
  reading.give(completed())
  await pass(0)

  expect(task()).toMatchObject({ connection: 'closed', status: 'executing' })
})

it('lets go of a run at once while it waits for headers', async () => {
  const headers = vi.fn((): HeadersInit | Promise<HeadersInit> => ({}))
  const { client, key, turn } = await beginDroppedRun({ headers })
  headers.mockReturnValue(new Promise(() => undefined))
  await pass(1000)

  client.disconnect(key)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'disconnected' })
})
