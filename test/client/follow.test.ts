import * as v from 'valibot'
import { expect, it, vi } from 'vitest'
import { BEGINNING, beginDroppedRun, beginRun, completed, fakeTime, pass, record, setUpService, watchConnection } from './followed.ts'
import { taskOf } from './handClient.ts'
import { later, silence } from './scriptedService.ts'
import type { Answer } from './scriptedService.ts'

fakeTime()

it('follows a run whose stream broke by reading it until it settles, and posts no second time', async () => {
  const { client, key, service, task, turn, posts } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing'), completed()) })
  const onSettled = vi.fn()
  client.observe(key, { onSettled })

  await pass(1000)
  expect(turn()).toBeUndefined()
  expect(task()).toMatchObject({ status: 'executing', connection: 'polling', text: 'Hel', hasGap: true })
  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', status: 'completed', result: 'Hello!', text: 'Hello!', error: null })
  expect(task()).toMatchObject({ connection: 'closed', text: 'Hello!', hasGap: true, error: null })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(turn())
  expect(posts()).toBe(1)
  expect(service.sent.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill('GET https://service.test/v1/tasks/task-1'))
  await pass(600_000)
  expect(service.count('task')).toBe(2)
})

const question = { id: '1', role: 'user', content: 'Hi' }
const answerTo = (content: string): object => ({ id: '2', role: 'assistant', content })

it.each([
  ['the whole text', [question, answerTo('Hello from the thread')], 'Hello from the thread'],
  ['less than was streamed', [question, answerTo('He')], 'Hel'],
  ['the answer to an earlier question', [{ ...question, content: 'Earlier' }, answerTo('Earlier answer')], 'Hel'],
  ['no answer yet', [question], 'Hel'],
])('fills the text of a run without a result from its thread: %s', async (_, messages, text) => {
  const { turn, service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', completed(null))
    answer('thread', messages)
  })

  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', text, result: null })
  expect(service.count('thread')).toBe(1)
})

it.each<[string, Answer]>([['breaks', new Error('no')], ['is 503', 503]])('reads again when the thread that has the text %s', async (_, failure) => {
  const { turn, service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', completed(null))
    answer('thread', failure, [question, answerTo('Hello!')])
  })

  await pass(1000)
  expect(turn()).toBeUndefined()
  await pass(1600)

  expect(turn()).toMatchObject({ cause: 'finished', text: 'Hello!' })
  expect(service.count('thread')).toBe(2)
})

it.each([[404, 1], [503, 3]])('settles without a thread that is %s for good', async (status, reads) => {
  const { turn, service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', completed(null))
    answer('thread', status)
  })

  await pass(20_000)

  expect(turn()).toMatchObject({ cause: 'finished', status: 'completed', text: 'Hel' })
  expect(service.count('thread')).toBe(reads)
})

it('checks the result that was read against the schema', async () => {
  const schema = v.object({ answer: v.number() })
  const { turn } = await beginDroppedRun({ request: { schema } }, ({ answer }) => { answer('task', completed('{"answer":42}')) })

  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', output: { answer: 42 }, outputIssues: null })
})

it('settles a run that failed as failed, not as lost', async () => {
  const { turn } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('failed', { result: 'No such file' })) })

  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', status: 'failed', result: 'No such file' })
})

it('takes the record that the stream ended with, and reads nothing', async () => {
  const { send, end, frames, turn, service } = await beginRun()
  send(frames.updated({ status: 'completed', result: 'Hello!' }))

  await end()
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(service.sent).toHaveLength(0)
})

it.each<[string, (run: Awaited<ReturnType<typeof beginRun>>) => Promise<void>]>([
  ['a connection that broke', (run) => run.fail(new TypeError('Load failed'))],
  ['an end before the end', (run) => run.end()],
])('follows after %s', async (_, drop) => {
  const run = await beginRun()
  run.service.answer('task', completed())

  await drop(run)
  await pass(1000)

  expect(run.turn()).toMatchObject({ cause: 'finished', result: 'Hello!' })
})

it('follows nothing that it has no id of, and says that it may have started', async () => {
  const { client, end, service, requests } = setUpService()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)

  await end()
  await pass(60_000)

  expect(await settled).toMatchObject({ cause: 'lost', error: { code: 'unknown_start', mayHaveStarted: true } })
  expect(service.sent).toHaveLength(0)
  expect(requests).toHaveLength(1)
})

it('does not take the record of the turn before for the end of the one that broke', async () => {
  const { client, send, end, frames, service, settled } = await beginRun()
  send(frames.finished({ result: 'One', finished_at: '2026-05-13T10:00:00.004Z' }))
  await settled
  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await pass(0)
  send(frames.created({ input: { text: 'Two' } }), frames.chunk('Tw'))
  service.answer('task', record('completed', { result: 'One', finished_at: '2026-05-13T10:00:00.004Z' }), completed('Two!'))

  await end()
  await pass(1000)
  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'pending', text: 'Tw', connection: 'polling' })
  await pass(1000)

  expect(await second.settled).toMatchObject({ cause: 'finished', result: 'Two!' })
})

// Pace

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

// Giving up

it.each<[string, Answer, string]>([
  ['a line that breaks', new TypeError('Failed to fetch'), 'network'],
  ['503', 503, 'server_error'],
  ['403', 403, 'forbidden'],
  ['no task', {}, 'http_error'],
  ['another task', record('completed', {}, 'task-2'), 'http_error'],
  ['no JSON', () => new Response('<html>'), 'http_error'],
])('gives up after ten reads in a row that fail with %s, and keeps everything', async (_, failure, code) => {
  const { client, key, service, task, turn, posts } = await beginDroppedRun({}, ({ answer }) => { answer('task', failure) })
  const onError = vi.fn()
  client.observe(key, { onError })

  await pass(60_000)

  expect(service.count('task')).toBe(10)
  expect(turn()).toMatchObject({ cause: 'lost', status: 'executing', text: 'Hel', error: { code: 'connection_lost', taskId: 'task-1', cause: { code } } })
  expect(task()).toMatchObject({ connection: 'lost', attempt: 0, retryAt: null, status: 'executing', text: 'Hel', error: turn()?.error })
  expect(onError).toHaveBeenCalledExactlyOnceWith(turn()?.error)
  expect(posts()).toBe(1)
  expect(vi.getTimerCount()).toBe(0)
})

it('gives up when headers cannot be had', async () => {
  const headers = vi.fn((): HeadersInit => ({}))
  const { turn, service } = await beginDroppedRun({ headers, recover: { giveUpAfter: 3 } })
  headers.mockImplementation(() => { throw new Error('no token') })

  await pass(10_000)

  expect(turn()).toMatchObject({ cause: 'lost', error: { code: 'connection_lost', cause: { code: 'headers_failed' } } })
  expect(service.sent).toHaveLength(0)
})

it('counts a read that is not answered within thirty seconds', async () => {
  const { turn, service } = await beginDroppedRun({ recover: { giveUpAfter: 2 } }, ({ answer }) => { answer('task', silence) })

  await pass(70_000)

  expect(service.count('task')).toBe(2)
  expect(turn()).toMatchObject({ cause: 'lost', error: { code: 'connection_lost', cause: { code: 'network' } } })
})

it('counts anew after a read that succeeds', async () => {
  const { turn, task } = await beginDroppedRun({ recover: { giveUpAfter: 3 } }, ({ answer }) => {
    answer('task', 503, 503, record('executing'), 503, 503, record('executing'), 503, 503, completed())
  })

  await pass(60_000)

  expect(turn()).toMatchObject({ cause: 'finished', error: null })
  expect(task().error).toBeNull()
})

// What is shown

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

// Stop and disconnect

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

it('follows nothing when recovery is off, until it is asked to', async () => {
  const { client, key, turn, task, service } = await beginDroppedRun({ recover: false })
  await pass(60_000)
  expect(turn()).toMatchObject({ cause: 'lost', error: { code: 'stream_truncated' } })
  expect(task()).toMatchObject({ connection: 'lost', text: 'Hel' })
  expect(service.sent).toHaveLength(0)
  service.answer('task', completed())

  const settled = client.reconnect(key)
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!', error: null })
})

it('reads the canvas of a run that it only reads', async () => {
  const { client, service } = setUpService({ graph: 'auto' })
  service.answer('task', record('executing'))
  service.answer('nodes', [{ id: 'a', type: 'agent', name: 'Writer' }])

  void client.reconnect('task-1')
  await pass(0)
  await pass(0)

  expect(service.count('nodes')).toBe(1)
  service.answer('task', record('executing', { last_executed_node_id: 'a' }))
  await pass(2000)
  expect(taskOf(client, 'task-1').timeline).toMatchObject([{ id: 'a', name: 'Writer', type: 'agent' }])
  expect(service.count('nodes')).toBe(1)
})

it('asks for nothing more when the last frame of a stream ends the run', async () => {
  const { send, frames, turn, service } = await beginRun()

  send(frames.finished({ result: 'Hello!' }))
  await pass(60_000)

  expect(turn()).toMatchObject({ cause: 'finished' })
  expect(service.sent).toHaveLength(0)
})
