import { expect, it, vi } from 'vitest'
import { BEGINNING, beginDroppedRun, beginRun, completed, fakeTime, pass, record, watchConnection } from './followed.ts'

fakeTime()

it('says when the first try is made even when that is at once', async () => {
  const run = await beginRun({ recover: { firstDelayMs: 0 } })
  const seen = watchConnection(run.client, run.key)
  run.service.answer('task', completed())

  await run.end()
  await pass(0)

  expect(seen).toEqual([['recovering', 1, 0], ['closed', 0, null]])
})

it('waits longer after each read that brings nothing new, and after a quiet minute longer still', async () => {
  const { service } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing')) })

  await pass(256_000)

  const times = service.timesOf('task', BEGINNING)
  const delays = times.map((at, index) => at - (times[index - 1] ?? 0))
  expect(delays.slice(0, 6)).toEqual([1000, 1000, 1600, 2560, 4096, 5000])
  expect(delays.filter((delay) => delay === 5000).length).toBeGreaterThan(8)
  expect(delays.filter((delay) => delay > 5000)).toEqual([8000, 12_800, 20_480, 32_768, 52_429, 60_000])
})

it('begins anew with the first delay when a read brings something new', async () => {
  const { service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', record('executing'), record('executing'), record('executing'), record('executing', { last_executed_node_id: 'a' }), record('executing'))
  })

  await pass(12_000)

  expect(service.timesOf('task', BEGINNING).slice(0, 6)).toEqual([1000, 2000, 3600, 6160, 7160, 8160])
})

it.each([[0, 800], [0.5, 1000], [0.999999, 1200]])('lets chance move a delay by a fifth: at %d', async (random, delay) => {
  vi.spyOn(Math, 'random').mockReturnValue(random)
  const { service } = await beginDroppedRun({ recover: { jitter: undefined } }, ({ answer }) => { answer('task', completed()) })

  await pass(1500)

  expect(service.timesOf('task', BEGINNING)).toEqual([expect.closeTo(delay, -1)])
})

it('takes the numbers that the app gives', async () => {
  const { service } = await beginDroppedRun({ recover: { firstDelayMs: 200, growth: 2, maxDelayMs: 500 } }, ({ answer }) => { answer('task', record('executing')) })

  await pass(2000)

  expect(service.timesOf('task', BEGINNING)).toEqual([200, 400, 800, 1300, 1800])
})

it('does not ask without a pause even when the first delay is none', async () => {
  const { service } = await beginDroppedRun({ recover: { firstDelayMs: 0 } }, ({ answer }) => { answer('task', record('executing')) })

  await pass(5000)

  expect(service.count('task')).toBeLessThan(15)
})

it('follows a run that is paused for days at the slow pace, and never gives it up', { timeout: 60_000 }, async () => {
  const { client, key, service, task, turn } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', record('paused', { hitl_request: { wait_node_id: 'wait' } }))
  })
  const onError = vi.fn()
  client.observe(key, { onError })

  await pass(3 * 24 * 3_600_000)

  expect(task()).toMatchObject({ status: 'paused', connection: 'polling', waiting: { nodeId: 'wait' }, error: null })
  expect(turn()).toBeUndefined()
  expect(onError).not.toHaveBeenCalled()
  expect(service.count('task')).toBeLessThan(3 * 24 * 60 + 20)
  service.answer('task', completed())
  await pass(60_000)
  expect(turn()).toMatchObject({ cause: 'finished' })
})

it('slows down at once for a run that is paused', async () => {
  const { service } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('paused')) })

  await pass(40_000)

  expect(service.timesOf('task', BEGINNING)).toEqual([1000, 2000, 3600, 6160, 10_256, 16_810, 27_296])
})

const tooMany = (retryAfter?: string) => (): Response =>
  Response.json({ detail: 'Too many' }, { status: 429, headers: retryAfter === undefined ? {} : { 'retry-after': retryAfter } })

it('waits as long as a 429 says, never less, and counts it as none', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0)
  const { service, task, turn } = await beginDroppedRun({ recover: { jitter: 0.2, giveUpAfter: 2 } }, ({ answer }) => {
    answer('task', tooMany('30'), tooMany('30'), tooMany('30'), completed())
  })

  await pass(800)
  expect(task()).toMatchObject({ connection: 'recovering', attempt: 1, retryAt: BEGINNING + 30_800 })
  await pass(29_999)
  expect(service.count('task')).toBe(1)
  await pass(60_001)

  expect(service.timesOf('task', BEGINNING)).toEqual([800, 30_800, 60_800, 90_800])
  expect(turn()).toMatchObject({ cause: 'finished', error: null })
})

it.each([[undefined, 60_000], ['0', 1600]])('waits after a 429 that says %s', async (retryAfter, delay) => {
  const { service } = await beginDroppedRun({}, ({ answer }) => { answer('task', tooMany(retryAfter), completed()) })

  await pass(1000)
  await pass(delay - 1)
  expect(service.count('task')).toBe(1)
  await pass(1)

  expect(service.count('task')).toBe(2)
})

it('shows each state of the line once, with the number and the time of the next try', async () => {
  const run = await beginRun()
  const seen = watchConnection(run.client, run.key)
  run.service.answer('task', 503, 503, record('executing'), 503, completed())

  await run.end()
  await pass(20_000)

  expect(seen).toEqual([
    ['recovering', 1, 1000], ['recovering', 2, 2600], ['recovering', 3, 5160], ['polling', 0, null],
    ['recovering', 2, 7760], ['closed', 0, null],
  ])
})
