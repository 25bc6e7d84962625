import type { FetchEventSourceInit } from '@microsoft/fetch-event-source'
import { beforeEach, expect, it, vi } from 'vitest'
import { fetchEventSourceTransport } from '../../src/transport/postStream.ts'
import type { TransportRequest } from '../../src/transport/transport.ts'

// What the library would do only if it had other faults than those that we know: whatever it does, one submit is
// one POST and the promise settles.

const driver = vi.hoisted(() => ({ drive: vi.fn<(url: string, init: FetchEventSourceInit) => Promise<void>>() }))
vi.mock('@microsoft/fetch-event-source', () => ({ fetchEventSource: driver.drive }))

const never = new Promise<never>(() => undefined)
const fetch = vi.fn<typeof globalThis.fetch>()

beforeEach(() => {
  fetch.mockReset()
  fetch.mockImplementation(async () => new Response('data: 1\n\n', { headers: { 'content-type': 'text/event-stream' } }))
})

function requestTo(fields: Partial<TransportRequest> = {}): TransportRequest {
  return { url: 'https://service.test', method: 'POST', headers: {}, body: '{}', signal: new AbortController().signal, fetch, ...fields }
}

it('gives the library what keeps it from acting by itself', async () => {
  driver.drive.mockReturnValue(never)

  const sent = fetchEventSourceTransport(requestTo(), () => undefined)

  const init = driver.drive.mock.calls[0]![1]
  expect(init).toMatchObject({ openWhenHidden: true })
  // With a signal it would touch `document`, and what onclose throws would count as a failure.
  expect(init).not.toHaveProperty('signal')
  expect(init).not.toHaveProperty('onclose')
  expect(() => init.onerror?.(new Error('any'))).toThrow('any')
  await expect(sent).rejects.toMatchObject({ code: 'network' })
})

it('sends once, however often the library fetches', async () => {
  const opened: Promise<Response>[] = []
  driver.drive.mockImplementation(async (_, init) => {
    for (let time = 0; time < 3; time += 1) opened.push(init.fetch!(''))
    const reader = (await opened[0]!).body!.getReader()
    while (!(await reader.read()).done);
  })

  await fetchEventSourceTransport(requestTo(), () => undefined)

  expect(fetch).toHaveBeenCalledOnce()
  expect(await Promise.race([opened[1], opened[2], Promise.resolve('waiting')])).toBe('waiting')
})

it('does not send again when the library fetches after the end', async () => {
  let again: (() => unknown) | undefined
  driver.drive.mockImplementation(async (_, init) => {
    const reader = (await init.fetch!('')).body!.getReader()
    await reader.read()
    void reader.read()
    again = () => init.fetch!('')
    await never
  })
  await fetchEventSourceTransport(requestTo(), () => undefined)

  void again!()

  expect(fetch).toHaveBeenCalledOnce()
})

it.each<[string, (init: FetchEventSourceInit, failure: Error) => Promise<void>]>([
  ['asks what to do about it', async (init, failure) => {
    try {
      init.onerror?.(failure)
    } catch {
      // As it does without a DOM, where what follows fails and its promise never settles.
    }
    await never
  }],
  ['rejects', (_, failure) => Promise.reject(failure)],
])('rejects and ends the request when the library fails by itself and %s', async (_, fail) => {
  const failure = new RangeError('Invalid string length')
  driver.drive.mockImplementation(async (_url, init) => {
    await init.fetch!('')
    await fail(init, failure)
  })

  await expect(fetchEventSourceTransport(requestTo(), () => undefined)).rejects.toMatchObject({
    code: 'network', phase: 'stream', cause: failure,
  })
  expect(fetch.mock.calls[0]?.[1]?.signal?.aborted).toBe(true)
})

it('lets go of the body when a fetch does not listen to its signal', async () => {
  const cancel = vi.fn()
  fetch.mockImplementation(async () => new Response(new ReadableStream({ cancel }), { headers: { 'content-type': 'text/event-stream' } }))
  const controller = new AbortController()
  driver.drive.mockImplementation(async (_, init) => {
    const reader = (await init.fetch!('')).body!.getReader()
    const reading = reader.read()
    controller.abort('left')
    await reading
  })

  await expect(fetchEventSourceTransport(requestTo({ signal: controller.signal }), () => undefined)).rejects.toBe('left')

  expect(cancel).toHaveBeenCalledOnce()
})

it('lets go of an answer that comes after the abort', async () => {
  const cancel = vi.fn()
  let answer: (response: Response) => void = () => undefined
  fetch.mockImplementation(() => new Promise((resolve) => { answer = resolve }))
  driver.drive.mockImplementation(async (_, init) => { await init.fetch!('') })
  const controller = new AbortController()
  const sent = fetchEventSourceTransport(requestTo({ signal: controller.signal }), () => undefined)

  controller.abort('left')
  answer(new Response(new ReadableStream({ cancel }), { headers: { 'content-type': 'text/event-stream' } }))

  await expect(sent).rejects.toBe('left')
  await vi.waitFor(() => expect(cancel).toHaveBeenCalledOnce())
})
