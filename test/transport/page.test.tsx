import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { fetchEventSourceTransport } from '../../src/transport/postStream.ts'
import type { Message, TransportRequest } from '../../src/transport/transport.ts'
import { answerWith, openStream, startStreamServer, type ServerAnswer, type StreamServer } from './streamServer.ts'

// With a DOM, where the library would listen for visibility and set timers to send again.

let server: StreamServer
let answer: ServerAnswer
let controller: AbortController
let messages: Message[]

const onMessage = (message: Message): number => messages.push(message)

beforeEach(async () => {
  controller = new AbortController()
  messages = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  server = await startStreamServer((response, request) => answer(response, request))
})

afterEach(async () => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  await server.close()
})

function requestTo(fields: Partial<TransportRequest> = {}): TransportRequest {
  return { url: server.url, method: 'POST', headers: {}, body: '{}', signal: controller.signal, fetch: globalThis.fetch, ...fields }
}

function show(state: 'hidden' | 'visible'): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(state === 'hidden')
  vi.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Lets pass whatever time a second POST would wait for, and its way to the server. */
async function waitForPosts(): Promise<number> {
  await vi.advanceTimersByTimeAsync(60_000)
  answer = (response) => response.end()
  await globalThis.fetch(server.url)
  return server.requests.filter(({ method }) => method === 'POST').length
}

it('goes on with the one request while the page is hidden and shown again', async () => {
  let end: () => void = () => undefined
  answer = (response) => {
    openStream(response, 'data: {"n":1}\n\n')
    end = () => response.end('data: {"n":2}\n\n')
  }

  await fetchEventSourceTransport(requestTo(), (message) => {
    messages.push(message)
    if (messages.length > 1) return
    show('hidden')
    show('visible')
    end()
  })
  show('hidden')
  show('visible')

  expect(messages.map(({ data }) => data)).toEqual(['{"n":1}', '{"n":2}'])
  expect(await waitForPosts()).toBe(1)
})

it.each<[string, ServerAnswer, unknown]>([
  ['the stream ends', (response) => openStream(response).end('retry: 1\n\ndata: {"n":1}\n\n'), 'resolved'],
  ['the line drops', (response) => {
    openStream(response, 'retry: 1\n\ndata: {"n"')
    setImmediate(() => response.destroy())
  }, { code: 'network', phase: 'stream' }],
  ['the connection goes before the answer', (response) => response.destroy(), { code: 'network', phase: 'submit' }],
  ['the service fails', (response) => answerWith(response, 500, 'application/json', '{"detail":"No"}'), { code: 'server_error' }],
  ['the answer is a page', (response) => answerWith(response, 200, 'text/html', '<p>'), { code: 'not_event_stream' }],
  ['the answer is empty', (response) => answerWith(response, 204, '', ''), { code: 'not_event_stream' }],
])('sends no second POST when %s, whatever is shown and however long it takes', async (_, how, outcome) => {
  answer = how

  const settled = await fetchEventSourceTransport(requestTo(), onMessage).then(() => 'resolved', (error: unknown) => error)
  show('hidden')
  show('visible')

  expect(settled).toEqual(typeof outcome === 'string' ? outcome : expect.objectContaining(outcome as object))
  expect(await waitForPosts()).toBe(1)
})

it('sends no second POST when aborted, and the server sees the abort', async () => {
  answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: {"n":2}\n\n')

  const sent = fetchEventSourceTransport(requestTo(), (message) => {
    messages.push(message)
    controller.abort('left')
  })

  await expect(sent).rejects.toBe('left')
  expect(messages).toHaveLength(1)
  expect(await server.requests[0]!.left).toBe(true)
  expect(await waitForPosts()).toBe(1)
})

it('sends no second POST when a message handler throws', async () => {
  answer = (response) => openStream(response, 'data: {"n":1}\n\n')

  await expect(fetchEventSourceTransport(requestTo(), () => { throw new Error('bug') })).rejects.toThrow('bug')

  expect(await waitForPosts()).toBe(1)
})

it('leaves no listener on the document', async () => {
  const add = vi.spyOn(document, 'addEventListener')
  answer = (response) => openStream(response).end('data: {"n":1}\n\n')

  await fetchEventSourceTransport(requestTo(), onMessage)

  expect(add).not.toHaveBeenCalled()
})
