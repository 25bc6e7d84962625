import { expect, it, vi } from 'vitest'
import { beginDroppedRun, completed, fakeTime, pass, record } from './followed.ts'
import { silence } from './scriptedService.ts'
import type { Answer } from './scriptedService.ts'

fakeTime()

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
