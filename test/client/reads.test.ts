import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { WorkflowClientOptions } from '../../src/core.ts'
import { createRequests, type Requests } from '../../src/client/requests.ts'
import { openStream, startStreamServer, type ServerAnswer, type StreamServer } from '../transport/streamServer.ts'

// How long anything but a stream is waited for.

let server: StreamServer
let answer: ServerAnswer

beforeEach(async () => {
  // The network is real: only the timers that we set are ours to turn.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  server = await startStreamServer((response, request) => answer(response, request))
})

afterEach(async () => {
  vi.useRealTimers()
  await server.close()
})

const requestsWith = (options: WorkflowClientOptions = {}): Requests => createRequests({ baseUrl: server.url, ...options })

/** What a promise rejects with; a promise that resolves fails the test. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => Promise.reject(new Error('It resolved')), (error: unknown) => error)

it.each<[string, ServerAnswer]>([
  ['no answer', () => undefined],
  ['no end of the answer', (response) => openStream(response, '{"id":', 'application/json')],
])('gives up a read after 30 s with %s, and the server sees it', async (_, how) => {
  answer = how
  const received = server.nextRequest()
  const failure = failureOf(requestsWith().read('/v1/tasks/task-1'))
  const request = await received

  await vi.advanceTimersByTimeAsync(29_999)
  expect(await Promise.race([failure, Promise.resolve('waiting')])).toBe('waiting')
  await vi.advanceTimersByTimeAsync(1)

  expect(await failure).toMatchObject({ code: 'network', phase: 'read', message: 'No answer in 30 seconds' })
  expect(await request.left).toBe(true)
})

it('gives up on a fetch that does not listen to its signal', async () => {
  const failure = failureOf(requestsWith({ fetch: () => new Promise(() => undefined) }).read('/v1/tasks/task-1'))

  await vi.advanceTimersByTimeAsync(30_000)

  expect(await failure).toMatchObject({ code: 'network' })
})

it('ends a read with the reason of its signal, and leaves neither a listener nor a timer', async () => {
  answer = () => undefined
  const controller = new AbortController()
  const add = vi.spyOn(controller.signal, 'addEventListener')
  const remove = vi.spyOn(controller.signal, 'removeEventListener')
  const setTimer = vi.spyOn(globalThis, 'setTimeout')
  const clearTimer = vi.spyOn(globalThis, 'clearTimeout')
  const received = server.nextRequest()
  const failure = failureOf(requestsWith().read('/v1/tasks/task-1', 'recover', 1, controller.signal))
  const request = await received

  controller.abort('left')

  expect(await failure).toBe('left')
  expect(await request.left).toBe(true)
  expect(add).toHaveBeenCalledOnce()
  expect(remove.mock.calls).toEqual(add.mock.calls)
  // The network has timers too.
  const ours = setTimer.mock.results.filter((_, at) => setTimer.mock.calls[at]?.[1] === 30_000).map(({ value }) => value as unknown)
  expect(ours).toHaveLength(1)
  expect(clearTimer.mock.calls.flat()).toEqual(expect.arrayContaining(ours))
})

it('sends nothing when the signal of a read is aborted already', async () => {
  expect(await failureOf(requestsWith().read('/v1/tasks/task-1', 'recover', 1, AbortSignal.abort('left')))).toBe('left')
  expect(server.requests).toEqual([])
})
