import { expect, it, vi } from 'vitest'
import { WorkflowError } from '../../src/core.ts'
import type { WorkflowErrorCode } from '../../src/core.ts'
import { BEGINNING, completed, fakeTime, pass, record, watchConnection } from './followed.ts'
import { stubPage } from './page.ts'
import { beginReplayable } from './replayable.ts'

fakeTime()

const refused = (status: number, code: WorkflowErrorCode = 'http_error'): WorkflowError => new WorkflowError(code, 'recover', 'no', { status })

it.each([503, 403, 401])('reads the task in the same try when its stream cannot be opened, however often: %d', async (status) => {
  const { end, fail, settled, requests, service, task } = await beginReplayable()
  service.answer('task', record('executing'))
  await end()

  for (let times = 1; times <= 12; times += 1) {
    await pass((task().retryAt ?? BEGINNING) - Date.now() || 5000)
    while (requests.length === times) await pass(100)
    await fail(refused(status))
    await pass(0)
    expect(service.count('task')).toBe(times)
    expect(requests).toHaveLength(times + 1)
    expect(task()).toMatchObject({ connection: 'polling', error: null, hasGap: false })
  }
  service.answer('task', completed())
  await pass(5000)
  await fail(refused(status))
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!', error: null })
  expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

it('counts a try whose read failed too, and gives up after so many of them', async () => {
  const { end, fail, settled, requests, service, task } = await beginReplayable({ recover: { giveUpAfter: 3, jitter: 0 } })
  service.answer('task', 503)
  await end()

  for (const delay of [1000, 1600, 2560]) {
    await pass(delay)
    await fail(refused(503))
    await pass(0)
  }

  expect(await settled).toMatchObject({ cause: 'lost', error: { code: 'connection_lost', status: 503 } })
  expect(task().connection).toBe('lost')
  expect([requests.length, service.count('task')]).toEqual([4, 3])
})

it('goes back to its stream when that can be opened again, and has no gap', async () => {
  const { client, key, end, fail, open, sendNext, frames, settled, service, task } = await beginReplayable()
  const seen = watchConnection(client, key)
  service.answer('task', record('executing'))
  await end()
  await pass(1000)
  await fail(refused(503))
  await pass(1000)

  await open()
  sendNext(frames.chunk('lo'), frames.finished())

  expect(await settled).toMatchObject({ cause: 'finished', text: 'Hello' })
  expect(task().hasGap).toBe(false)
  expect(seen.map(([connection]) => connection)).toEqual(['recovering', 'polling', 'open', 'closed'])
})

it('reads nothing more in a try whose stream is answered with 429, and waits as long as that says', async () => {
  const { end, fail, requests, service } = await beginReplayable()
  service.answer('task', record('executing'))
  await end()
  await pass(1000)

  await fail(new WorkflowError('rate_limited', 'recover', 'no', { status: 429, retryAfterMs: 30_000 }))
  await pass(29_999)
  expect(service.count('task')).toBe(0)
  await pass(1)

  expect(requests).toHaveLength(3)
})

it('reads nothing when the network went away under the try', async () => {
  const page = stubPage()
  const { end, fail, requests, service, task } = await beginReplayable({ recover: { giveUpAfter: 1, jitter: 0 } })
  await end()
  await pass(1000)
  page.setOnline(false)

  await fail(new TypeError('Failed to fetch'))
  await pass(60_000)
  expect(task()).toMatchObject({ connection: 'offline', error: null })
  expect(service.count('task')).toBe(0)
  page.setOnline(true)
  await pass(0)

  expect(requests).toHaveLength(3)
})

it('reads the task when the stream is not answered within thirty seconds', async () => {
  const { end, requests, service, settled } = await beginReplayable()
  service.answer('task', completed())
  await end()

  await pass(31_000)

  expect(await settled).toMatchObject({ cause: 'finished' })
  expect(requests[1]?.signal.aborted).toBe(true)
  expect(vi.getTimerCount()).toBe(0)
})

it('waits for a stream that was answered as long as it is silent', async () => {
  const { end, open, requests, service, task } = await beginReplayable()
  await end()
  await pass(1000)
  await open()

  await pass(600_000)

  expect(task().connection).toBe('open')
  expect(requests).toHaveLength(2)
  expect(service.count('task')).toBe(0)
})

it('reads the task when something else is answered than a stream', async () => {
  const { end, open, fail, service, settled } = await beginReplayable()
  service.answer('task', completed())
  await end()
  await pass(1000)
  await open()

  await fail(new WorkflowError('not_event_stream', 'recover', 'html', { status: 200 }))
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'finished' })
})

it('reads nothing once it is let go of while its stream is asked for', async () => {
  const { client, key, end, settled, service } = await beginReplayable()
  await end()
  await pass(1000)

  client.disconnect(key)
  await pass(60_000)

  expect(await settled).toMatchObject({ cause: 'disconnected' })
  expect(service.count('task')).toBe(0)
})
