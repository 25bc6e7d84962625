import { expect, it, vi } from 'vitest'
import { fetchEventSourceTransport } from '../../src/core.ts'
import type { HeadersSource } from '../../src/core.ts'
import { BEGINNING, beginDroppedRun, beginRun, completed, fakeTime, pass, record, setUpService, watchConnection } from './followed.ts'
import { taskOf } from './handClient.ts'
import { stubPage } from './page.ts'
import { silence } from './scriptedService.ts'

fakeTime()

it('asks nothing and counts nothing while there is no network, and goes on at once when there is one', async () => {
  const page = stubPage()
  const run = await beginRun({ recover: { giveUpAfter: 2 } })
  const seen = watchConnection(run.client, run.key)
  run.service.answer('task', completed())
  page.setOnline(false)

  await run.fail(new TypeError('Failed to fetch'))
  await pass(3_600_000)
  expect(run.task()).toMatchObject({ connection: 'offline', status: 'executing', text: 'Hel', error: null })
  expect(run.service.sent).toHaveLength(0)
  page.setOnline(true)
  await pass(0)

  expect(run.turn()).toMatchObject({ cause: 'finished' })
  expect(run.service.timesOf('task', BEGINNING)).toEqual([3_600_000])
  expect(seen.map(([connection]) => connection)).toEqual(['recovering', 'offline', 'recovering', 'closed'])
})

it('shows that the network went while it waits', async () => {
  const page = stubPage()
  const { task, service } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing')) })
  await pass(1500)
  expect(task().connection).toBe('polling')

  page.setOnline(false)
  await pass(0)
  expect(task()).toMatchObject({ connection: 'offline', attempt: 0, retryAt: null })
  page.setOnline(true)
  await pass(0)

  expect(task().connection).toBe('polling')
  expect(service.timesOf('task', BEGINNING)).toEqual([1000, 1500])
})

it('asks nothing without a network however the page is shown', async () => {
  const page = stubPage()
  const { service, task } = await beginDroppedRun()
  page.setOnline(false)
  await pass(0)

  page.setHidden(true)
  page.setHidden(false)
  page.fire('pageshow')
  await pass(60_000)

  expect(service.sent).toHaveLength(0)
  expect(task().connection).toBe('offline')
})

it('does not count the read that the network went away under', async () => {
  const page = stubPage()
  const { turn, service } = await beginDroppedRun({ recover: { giveUpAfter: 1 } }, ({ answer }) => {
    answer('task', () => {
      page.setOnline(false)
      return Promise.reject(new TypeError('Failed to fetch'))
    }, completed())
  })
  await pass(1000)
  expect(turn()).toBeUndefined()

  page.setOnline(true)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'finished' })
  expect(service.count('task')).toBe(2)
})

it.each<[string, (page: ReturnType<typeof stubPage>) => void]>([
  ['the page is shown again', (page) => { page.setHidden(false) }],
  ['the page comes back from the cache', (page) => { page.fire('pageshow') }],
  ['the network comes back', (page) => { page.fire('online') }],
])('reads at once when %s', async (_, wake) => {
  const page = stubPage()
  const { service } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing')) })
  page.setHidden(true)
  await pass(600_000)
  const before = service.count('task')

  wake(page)
  await pass(0)

  expect(service.count('task')).toBe(before + 1)
})

it('grows to the slow pace while the page is hidden, even when there is news', async () => {
  const page = stubPage()
  let news = 0
  const { service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', () => Response.json(record('executing', { last_executed_node_id: `node-${++news}` })))
  })
  page.setHidden(true)

  await pass(3_600_000)

  expect(service.count('task')).toBeLessThan(70)
  expect(service.timesOf('task', BEGINNING).slice(-2)).toEqual([expect.any(Number), expect.any(Number)])
})

it('grows anew from the first delay once the page was shown', async () => {
  const page = stubPage()
  const { service } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing')) })
  page.setHidden(true)
  await pass(599_000)
  const before = service.count('task')

  page.setHidden(false)
  await pass(10_000)

  const times = service.timesOf('task', BEGINNING + 599_000).slice(before)
  expect(times).toEqual([0, 1600, 4160, 8256])
})

it('does not read when the page is hidden again', async () => {
  const page = stubPage()
  const { service } = await beginDroppedRun()

  page.setHidden(true)
  await pass(0)

  expect(service.sent).toHaveLength(0)
})

it('keeps to what a 429 asked for when the page is shown', async () => {
  const page = stubPage()
  const { service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', () => Response.json({}, { status: 429, headers: { 'retry-after': '30' } }), completed())
  })
  await pass(1000)

  page.setHidden(true)
  page.setHidden(false)
  await pass(29_000)
  expect(service.count('task')).toBe(1)
  await pass(1000)

  expect(service.timesOf('task', BEGINNING)).toEqual([1000, 31_000])
})

// Nothing left behind

it.each<[string, (run: Awaited<ReturnType<typeof beginRun>>, page: ReturnType<typeof stubPage>) => Promise<void>]>([
  ['while the stream is open', async () => { await pass(2000) }],
  ['while a stalled stream is read beside', async ({ service }) => { service.answer('task', silence); await pass(5000) }],
  ['while it waits for the next try', async ({ end }) => { await end(); await pass(500) }],
  ['while it reads', async ({ service, end }) => { service.answer('task', silence); await end(); await pass(1500) }],
  ['while it reads the thread', async ({ service, end }) => { service.answer('task', completed(null)); service.answer('thread', silence); await end(); await pass(1500) }],
  ['while there is no network', async ({ end }, page) => { page.setOnline(false); await end(); await pass(1000) }],
  ['while a 429 is waited for', async ({ service, end }) => { service.answer('task', 429); await end(); await pass(1500) }],
  ['while it stops', async ({ client, key, service }) => { service.answer('stop', silence); void client.stop(key); await pass(100) }],
  ['while it is replaced', async ({ client, key, service }) => {
    service.answer('stop', silence)
    client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'replace' })
    await pass(100)
  }],
  ['while it is lost', async ({ service, end }) => { service.answer('task', 503); await end(); await pass(60_000) }],
  ['while it is followed again', async ({ client, key, service }) => { service.answer('task', silence); client.disconnect(key); void client.reconnect(key); await pass(100) }],
  ['when it is over', async ({ send, frames }) => { send(frames.finished()); await pass(100) }],
])('leaves no timer and no listener when it is destroyed %s', async (_, prepare) => {
  const page = stubPage()
  const run = await beginRun({ recover: { stallAfterMs: 4000 }, throttle: 100 })
  await prepare(run, page)

  run.client.destroy()
  const turn = await run.settled
  // What nothing answers is let go of too.
  for (let times = 0; times < 3; times += 1) await new Promise((resolve) => { setImmediate(resolve) })

  expect(['disconnected', 'lost', 'finished']).toContain(turn.cause)
  expect(vi.getTimerCount()).toBe(0)
  expect(page.listeners()).toBe(0)
  const sent = run.service.sent.length
  await pass(600_000)
  expect(run.service.sent).toHaveLength(sent)
})

it.each<[string, HeadersSource]>([['before its POST was sent', () => new Promise(() => undefined)], ['before its POST was answered', {}]])(
  'leaves no timer and no listener when it is destroyed %s', async (_, headers) => {
    const page = stubPage()
    const { client } = setUpService({ headers, recover: { stallAfterMs: 4000 }, throttle: 100 })
    const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
    await pass(5000)

    client.destroy()

    expect(await settled).toMatchObject({ cause: 'disconnected' })
    expect(vi.getTimerCount()).toBe(0)
    expect(page.listeners()).toBe(0)
  },
)

it('leaves no timer and no listener when a run has ended by a read', async () => {
  const page = stubPage()
  const { turn } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing'), 503, completed()) })

  await pass(10_000)

  expect(turn()).toMatchObject({ cause: 'finished' })
  expect(vi.getTimerCount()).toBe(0)
  expect(page.listeners()).toBe(0)
})

it('lets go of a task from elsewhere without a network', async () => {
  const page = stubPage()
  page.setOnline(false)
  const { client } = setUpService()
  const following = client.reconnect('task-1')
  expect(taskOf(client, 'task-1').connection).toBe('offline')

  client.disconnect('task-1')

  expect(await following).toMatchObject({ cause: 'disconnected' })
  expect(vi.getTimerCount()).toBe(0)
  expect(page.listeners()).toBe(0)
})

it('says of a submit without a network that nothing was sent, and keeps its input', async () => {
  const page = stubPage()
  page.setOnline(false)
  const { client } = setUpService({ transport: fetchEventSourceTransport, fetch: () => Promise.reject(new TypeError('Failed to fetch')) })

  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'network', mayHaveStarted: false, message: expect.stringContaining('nothing was sent') as string } })
  expect(taskOf(client, key)).toMatchObject({ status: 'error', turns: [{ input: { text: 'Hi' } }] })
})

it('knows nothing of a submit that breaks when the network goes away under way', async () => {
  const page = stubPage()
  const fetch = async (): Promise<Response> => {
    page.setOnline(false)
    throw new TypeError('Failed to fetch')
  }
  const { client } = setUpService({ transport: fetchEventSourceTransport, fetch })

  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  expect(await settled).toMatchObject({ cause: 'lost', error: { code: 'network', mayHaveStarted: true } })
})

it('submits to a service on this machine where there is no network', async () => {
  const page = stubPage()
  page.setOnline(false)
  const { client, send } = setUpService()

  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)
  send({ type: 'task_finished', task_id: 'task-1', data: { id: 'task-1', status: 'completed', result: 'Hello!' } })

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!' })
})
