import { expect, it, vi } from 'vitest'
import { BEGINNING, beginRun, completed, fakeTime, pass, record } from './followed.ts'
import { stubPage } from './page.ts'
import { later } from './scriptedService.ts'

fakeTime()

const recover = { stallAfterMs: 5000 }

it('reads beside a stream that says nothing, and keeps the stream', async () => {
  const { service, task, send, frames, requests } = await beginRun({ recover })
  service.answer('task', record('executing'))

  await pass(11_000)
  send(frames.chunk('lo'))

  expect(service.count('task')).toBe(2)
  expect(task()).toMatchObject({ connection: 'open', status: 'executing', text: 'Hello', hasGap: false, error: null })
  expect(requests).toMatchObject([{ signal: { aborted: false } }])
})

it('reads nothing while bytes come, whether they make a frame or not', async () => {
  const { service, sendBytes } = await beginRun({ recover })

  for (let times = 0; times < 10; times += 1) {
    await pass(4000)
    sendBytes()
  }

  expect(service.sent).toHaveLength(0)
})

it('settles by the read when the run is over and its stream did not say so', async () => {
  const { service, turn, requests } = await beginRun({ recover })
  service.answer('task', completed())

  await pass(5000)

  expect(turn()).toMatchObject({ cause: 'finished', result: 'Hello!', text: 'Hello!' })
  expect(requests).toMatchObject([{ signal: { aborted: true } }])
  expect(vi.getTimerCount()).toBe(0)
})

it('shows by the read what a silent stream did not say', async () => {
  const { service, task } = await beginRun({ recover })
  service.answer('task', record('paused', { hitl_request: { wait_node_id: 'wait' } }))

  await pass(5000)

  expect(task()).toMatchObject({ status: 'paused', connection: 'open', waiting: { nodeId: 'wait' } })
})

it('makes no error of a read that fails, and reads again, later each time', async () => {
  const { client, key, service, task } = await beginRun({ recover })
  const onError = vi.fn()
  client.observe(key, { onError })
  service.answer('task', 503)

  await pass(60_500)

  expect(service.timesOf('task', BEGINNING)).toEqual([5000, 13_000, 25_800, 46_280])
  expect(task()).toMatchObject({ connection: 'open', error: null })
  expect(onError).not.toHaveBeenCalled()
})

it.each<[string, object, boolean]>([
  ['nothing new is told', record('executing'), false],
  ['the run is paused', record('paused'), false],
  ['nobody sees the page', record('executing'), true],
])('slows down to the idle pace while %s', async (_, answer, isHidden) => {
  const page = stubPage()
  const { service } = await beginRun({ recover })
  service.answer('task', answer)
  page.setHidden(isHidden)

  await pass(3_600_000)

  expect(service.count('task')).toBeGreaterThan(55)
  expect(service.count('task')).toBeLessThan(70)
})

it('waits as long as a 429 says, whatever the stream does meanwhile', async () => {
  const { service, sendBytes } = await beginRun({ recover })
  service.answer('task', () => Response.json({}, { status: 429, headers: { 'retry-after': '120' } }), record('executing'))
  await pass(6000)

  sendBytes()
  await pass(118_000)
  expect(service.count('task')).toBe(1)
  await pass(2000)

  expect(service.count('task')).toBe(2)
})

it('reads soon again once a byte came after a long silence', async () => {
  const { service, sendBytes } = await beginRun({ recover })
  service.answer('task', record('executing'))
  await pass(600_000)
  const before = service.count('task')

  sendBytes()
  await pass(10_000)

  expect(service.count('task')).toBe(before + 1)
})

it.each([Infinity, 2 ** 31, 2 ** 40])('reads nothing for so long as %d ms mean', async (stallAfterMs) => {
  const { service } = await beginRun({ recover: { stallAfterMs } })

  await pass(3_600_000)

  expect(service.sent).toHaveLength(0)
})

it('does not hear a read that the stream was faster than', async () => {
  const { service, task, send, frames } = await beginRun({ recover })
  const reading = later()
  service.answer('task', reading.answer)
  await pass(5000)

  send(frames.updated({ status: 'paused' }))
  reading.give(record('executing'))
  await pass(0)

  expect(task().status).toBe('paused')
})

it('reads one at a time, however bytes come meanwhile', async () => {
  const { client, service, sendBytes } = await beginRun({ recover })
  const reading = later()
  service.answer('task', reading.answer, record('executing'))
  await pass(5000)

  sendBytes()
  await pass(10_000)
  expect(service.count('task')).toBe(1)
  reading.give(record('executing'))
  await pass(5000)

  expect(service.count('task')).toBe(2)
  client.destroy()
  await pass(0)
  expect(vi.getTimerCount()).toBe(0)
})

it.each([['no time is set', {}], ['recovery is off', false as const]])('reads nothing beside a stream when %s', async (_, options) => {
  const { service } = await beginRun({ recover: options })

  await pass(600_000)

  expect(service.sent).toHaveLength(0)
})

it('reads nothing while there is no network', async () => {
  const { service } = await beginRun({ recover })
  vi.stubGlobal('navigator', { onLine: false })

  await pass(60_000)

  expect(service.sent).toHaveLength(0)
})
