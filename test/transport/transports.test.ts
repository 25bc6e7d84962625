import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { fetchEventSourceTransport } from '../../src/transport/postStream.ts'
import type { Message, TransportRequest } from '../../src/transport/transport.ts'
import { readerTransport } from './readerTransport.ts'
import { answerWith, openStream, startStreamServer, type ServerAnswer, type StreamServer } from './streamServer.ts'

// Node has no `document` and no `window`: what passes here works in workers and on servers too.

let server: StreamServer
let answer: ServerAnswer
let controller: AbortController
let messages: Message[]
let unhandled: unknown[]

const onUnhandled = (reason: unknown): number => unhandled.push(reason)
const onMessage = (message: Message): number => messages.push(message)

beforeEach(async () => {
  controller = new AbortController()
  messages = []
  unhandled = []
  process.on('unhandledRejection', onUnhandled)
  server = await startStreamServer((response, request) => answer(response, request))
})

afterEach(async () => {
  await server.close()
  process.off('unhandledRejection', onUnhandled)
  expect(unhandled).toEqual([])
})

function requestTo(fields: Partial<TransportRequest> = {}): TransportRequest {
  return {
    url: `${server.url}/v1/workflows/wf/invoke/stream?version=2`,
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-api-key': 'key-of-a-customer' },
    body: '{"input":{"text":"Hi"}}',
    signal: controller.signal,
    fetch: globalThis.fetch,
    ...fields,
  }
}

/** What a promise rejects with; a promise that resolves fails the test. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => Promise.reject(new Error('It resolved')), (error: unknown) => error)

/** A signal that counts its listeners. */
function watch(signal: AbortSignal): () => number {
  const listeners = new Set<unknown>()
  const add = signal.addEventListener.bind(signal)
  const remove = signal.removeEventListener.bind(signal)
  signal.addEventListener = (name: string, listener: EventListenerOrEventListenerObject) => {
    listeners.add(listener)
    add(name, listener)
  }
  signal.removeEventListener = (name: string, listener: EventListenerOrEventListenerObject) => {
    listeners.delete(listener)
    remove(name, listener)
  }
  return () => listeners.size
}

describe.each([
  ['fetchEventSourceTransport', fetchEventSourceTransport],
  ['readerTransport', readerTransport],
])('%s', (_, transport) => {
  describe('a stream that ends', () => {
    it('sends one POST with exactly what the request says', async () => {
      answer = (response) => openStream(response).end('data: {"n":1}\n\n')

      await transport(requestTo(), onMessage)

      expect(server.requests).toHaveLength(1)
      expect(server.requests[0]).toMatchObject({
        method: 'POST',
        url: '/v1/workflows/wf/invoke/stream?version=2',
        body: '{"input":{"text":"Hi"}}',
        headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-api-key': 'key-of-a-customer' },
      })
    })

    it('asks fetch for no cache and no redirect, with a signal of its own', async () => {
      answer = (response) => openStream(response).end('data: {"n":1}\n\n')
      const inits: RequestInit[] = []
      const fetch: typeof globalThis.fetch = (input, init = {}) => {
        inits.push(init)
        return globalThis.fetch(input, init)
      }

      await transport(requestTo({ fetch }), onMessage)

      expect(inits).toHaveLength(1)
      expect(inits[0]).toMatchObject({ method: 'POST', cache: 'no-store', redirect: 'error' })
      expect(inits[0]?.signal).toBeInstanceOf(AbortSignal)
      expect(inits[0]?.signal).not.toBe(controller.signal)
      // Tools that read along with every response report an abort after the end as an error.
      expect(inits[0]?.signal?.aborted).toBe(false)
    })

    it('hands on the frames in order, each with its own id and event name', async () => {
      answer = (response) => openStream(response, 'id: 7\nevent: step\ndata: {"n":1}\n\n').end('data: {"n":2}\n\n')

      await transport(requestTo(), onMessage)

      expect(messages).toEqual([
        { data: '{"n":1}', id: '7', event: 'step' },
        { data: '{"n":2}', id: undefined, event: undefined },
      ])
    })

    it('hands on nothing for comments, blank lines and frames without data', async () => {
      answer = (response) => openStream(response, ': ping\n\n\n\nevent: x\n\nid: 1\n\nretry: 0\n\ndata:\n\n').end('data: {"n":1}\n\n')

      await transport(requestTo(), onMessage)

      expect(messages.map(({ data }) => data)).toEqual(['{"n":1}'])
    })

    it.each(['data: {"n":1}', 'data: {"n":1}\n', 'data: {"n":1}\r', 'data: {"n":1}\r\n', 'data: {"n":1}\r\r'])(
      'hands on a last frame that ends as %j',
      async (text) => {
        answer = (response) => openStream(response).end(text)

        await transport(requestTo(), onMessage)

        expect(messages.map(({ data }) => data)).toEqual(['{"n":1}'])
      },
    )

    it('reads past a byte order mark', async () => {
      answer = (response) => openStream(response).end('\uFEFFdata: {"n":1}\n\n')

      await transport(requestTo(), onMessage)

      expect(messages.map(({ data }) => data)).toEqual(['{"n":1}'])
    })

    it('resolves without a message when the body is empty', async () => {
      answer = (response) => openStream(response).end()

      await transport(requestTo(), onMessage)

      expect(messages).toEqual([])
      expect(server.requests).toHaveLength(1)
    })

    it('ends at [DONE] and closes a connection that stays open', async () => {
      answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: [DONE]\n\ndata: {"n":2}\n\n')

      await transport(requestTo(), onMessage)

      expect(messages.map(({ data }) => data)).toEqual(['{"n":1}'])
      expect(await server.requests[0]!.left).toBe(true)
    })

    it.each(['Text/Event-Stream', 'text/event-stream; charset=utf-8', 'text/event-stream;charset=UTF-8', 'text/event-stream ; x=y'])(
      'takes the content type %j',
      async (contentType) => {
        answer = (response) => openStream(response, '', contentType).end('data: {"n":1}\n\n')

        await transport(requestTo(), onMessage)

        expect(messages).toHaveLength(1)
      },
    )
  })

  describe('an answer that is no stream', () => {
    it.each([
      [400, 'invalid_request', false],
      [401, 'unauthorized', false],
      [403, 'forbidden', false],
      [404, 'not_found', false],
      [409, 'http_error', false],
      [413, 'invalid_request', false],
      [422, 'invalid_request', false],
      [429, 'rate_limited', false],
      [500, 'server_error', true],
      [503, 'server_error', true],
    ])('rejects a %i as %s', async (status, code, mayHaveStarted) => {
      answer = (response) => answerWith(response, status, 'application/json', '{"detail":"No"}')

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toBeInstanceOf(WorkflowError)
      expect(error).toMatchObject({ code, status, mayHaveStarted, phase: 'submit', message: `The service answered ${status}: No` })
      expect(server.requests).toHaveLength(1)
    })

    it('rejects an event stream that comes with a 500', async () => {
      answer = (response) => answerWith(response, 500, 'text/event-stream', 'data: {"n":1}\n\n')

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toMatchObject({ code: 'server_error', status: 500 })
      expect(messages).toEqual([])
    })

    it('carries nothing of the request into the error', async () => {
      answer = (response) => answerWith(response, 401, 'application/json', '{"detail":"The key key-of-a-customer is unknown"}')

      const error = await failureOf(transport(requestTo(), onMessage))

      expect((error as WorkflowError).message).toBe('The service answered 401: The key … is unknown')
      expect(JSON.stringify(error)).not.toMatch(/key-of-a-customer|version=2|"Hi"/)
    })

    it.each([
      [204, 'text/event-stream', ''],
      [200, 'text/html', '<html>Sign in</html>'],
      [200, 'text/event-streams', 'data: {"n":1}\n\n'],
      [200, 'text/plain', 'data: {"n":1}\n\n'],
      [200, '', 'data: {"n":1}\n\n'],
      [200, 'application/json', '{"ok":true}'],
      [200, 'application/json', '{"id":"task-1"}'],
      [200, 'application/json', '{"id":7,"status":"completed"}'],
      [200, 'application/json', '[{"id":"task-1","status":"completed"}]'],
      [200, 'application/json', '{"id":"task-1","sta'],
      [200, 'application/json', '{"type":"task_updated","data":{"id":"task-1"}}'],
      [200, 'application/json', '{"type":"task_updated","data":{"status":"completed"}}'],
      [200, 'application/json', ''],
    ])('rejects %i of type %j that holds %j as no event stream', async (status, contentType, text) => {
      answer = (response) => answerWith(response, status, contentType, text)

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toMatchObject({ code: 'not_event_stream', phase: 'submit', status, mayHaveStarted: true })
      expect(messages).toEqual([])
      expect(server.requests).toHaveLength(1)
    })

    it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/problem+json'])(
      'hands on a task that came as %s',
      async (contentType) => {
        const text = JSON.stringify({ id: 'task-1', status: 'completed', result: 'a\n b' }, null, 2)
        answer = (response) => answerWith(response, 200, contentType, text)

        await transport(requestTo(), onMessage)

        expect(messages).toEqual([{ data: text }])
        expect(server.requests).toHaveLength(1)
      },
    )

    it('rejects as network when the JSON of a task breaks off', async () => {
      answer = (response) => {
        openStream(response, '{"id":"task-1",', 'application/json')
        setImmediate(() => response.destroy())
      }

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toMatchObject({ code: 'network', phase: 'stream' })
    })

    it('follows no redirect', async () => {
      answer = (response) => {
        response.writeHead(307, { location: '/elsewhere' })
        response.end()
      }

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toMatchObject({ code: 'network', phase: 'submit' })
      expect(server.requests).toHaveLength(1)
    })
  })

  describe('a line that breaks', () => {
    it('rejects as network when the connection goes before the answer', async () => {
      answer = (response) => response.destroy()

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toMatchObject({ code: 'network', phase: 'submit', mayHaveStarted: true, cause: { name: 'TypeError' } })
      expect(server.requests).toHaveLength(1)
    })

    it('rejects as network when nobody listens', async () => {
      const gone = await startStreamServer(() => undefined)
      await gone.close()

      const error = await failureOf(transport(requestTo({ url: gone.url }), onMessage))

      expect(error).toMatchObject({ code: 'network', phase: 'submit', mayHaveStarted: true })
    })

    it('rejects as network when the connection goes within a frame, after what came before', async () => {
      let line: ServerResponse | undefined
      answer = (response) => { line = openStream(response, 'data: {"n":1}\n\ndata: {"n"') }

      const error = await failureOf(transport(requestTo(), (message) => {
        messages.push(message)
        line?.destroy()
      }))

      expect(error).toMatchObject({ code: 'network', phase: 'stream', cause: { name: 'TypeError', message: 'terminated' } })
      expect(messages.map(({ data }) => data)).toEqual(['{"n":1}'])
      expect(server.requests).toHaveLength(1)
    })
  })

  describe('an abort', () => {
    it('sends nothing when the signal is aborted already', async () => {
      controller.abort(new Error('left'))

      const error = await failureOf(transport(requestTo(), onMessage))

      expect(error).toBe(controller.signal.reason)
      expect(server.requests).toEqual([])
    })

    it('rejects with the reason before the answer, and the server sees it', async () => {
      answer = () => undefined
      const received = server.nextRequest()
      const sent = transport(requestTo(), onMessage)
      const request = await received

      controller.abort('left')

      expect(await failureOf(sent)).toBe('left')
      expect(await request.left).toBe(true)
      expect(server.requests).toHaveLength(1)
    })

    it('drops the rest of the chunk, and the server sees it', async () => {
      answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n')

      const error = await failureOf(transport(requestTo(), (message) => {
        messages.push(message)
        controller.abort()
      }))

      expect(error).toMatchObject({ name: 'AbortError' })
      expect(error).toBe(controller.signal.reason)
      expect(messages.map(({ data }) => data)).toEqual(['{"n":1}'])
      expect(await server.requests[0]!.left).toBe(true)
      expect(server.requests).toHaveLength(1)
    })

    it('ends a stream whose server goes quiet', async () => {
      answer = (response) => openStream(response, 'data: {"n":1}\n\n: and then nothing')
      let seen = (): void => undefined
      const first = new Promise<void>((resolve) => { seen = resolve })
      const sent = transport(requestTo(), () => seen())
      await first

      controller.abort('left')

      expect(await failureOf(sent)).toBe('left')
      expect(await server.requests[0]!.left).toBe(true)
    })

    it('is too late once the body has ended', async () => {
      answer = (response) => openStream(response).end('data: {"n":1}\n\n')
      await transport(requestTo(), onMessage)

      controller.abort()

      expect(messages).toHaveLength(1)
      expect(await server.requests[0]!.left).toBe(false)
    })
  })

  it('rejects with what a message handler throws, once, and closes the connection', async () => {
    answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: {"n":2}\n\n')
    const bug = new Error('bug')

    const error = await failureOf(transport(requestTo(), (message) => {
      messages.push(message)
      throw bug
    }))

    expect(error).toBe(bug)
    expect(messages).toHaveLength(1)
    expect(await server.requests[0]!.left).toBe(true)
    expect(server.requests).toHaveLength(1)
  })

  it.each<[string, ServerAnswer]>([
    ['a stream ends', (response) => openStream(response).end('data: {"n":1}\n\n')],
    ['[DONE] ends it', (response) => openStream(response, 'data: [DONE]\n\n')],
    ['the service refuses', (response) => answerWith(response, 500, 'application/json', '{}')],
    ['the answer is a page', (response) => answerWith(response, 200, 'text/html', '<p>')],
    ['the answer is a task', (response) => answerWith(response, 200, 'application/json', '{"id":"a","status":"completed"}')],
    ['the connection goes', (response) => response.destroy()],
  ])('leaves no listener on the signal when %s', async (_name, how) => {
    answer = how
    const listeners = watch(controller.signal)

    const sent = transport(requestTo(), onMessage).catch(() => undefined)
    const whileSending = listeners()
    await sent

    expect(whileSending).toBe(1)
    expect(listeners()).toBe(0)
  })
})
