import type { ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { fetchEventSourceTransport } from '../../src/transport/postStream.ts'
import type { Message, TransportRequest } from '../../src/transport/transport.ts'
import { openStream, startStreamServer, type ServerRequest, type StreamServer } from './streamServer.ts'

let server: StreamServer
let answer: (response: ServerResponse, request: ServerRequest) => void

beforeEach(async () => {
  server = await startStreamServer((response, request) => { answer(response, request) })
})
afterEach(() => server.close())

function requestTo(fields: Partial<TransportRequest> = {}): TransportRequest {
  return {
    url: `${server.url}/v1/workflows/wf/invoke/stream?version=2`,
    method: 'POST',
    headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-api-key': 'key-of-a-customer' },
    body: '{"input":{"text":"Hi"}}',
    signal: new AbortController().signal,
    fetch: globalThis.fetch,
    ...fields,
  }
}

async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(() => 'resolved', (error: unknown) => error)
}

describe('fetchEventSourceTransport', () => {
  it('hands on the frames in order and resolves when the body ends', async () => {
    answer = (response) => {
      openStream(response)
      response.write('id: 7\nevent: step\ndata: {"n":1}\n\n: ping\n\n')
      response.end('data: {"n":2}\n\n')
    }
    const messages: Message[] = []

    await fetchEventSourceTransport(requestTo(), (message) => messages.push(message))

    expect(messages).toEqual([
      { data: '{"n":1}', id: '7', event: 'step' },
      { data: '{"n":2}', id: undefined, event: undefined },
    ])
    expect(server.requests).toHaveLength(1)
  })

  it('rejects as network when the line drops within a frame', async () => {
    answer = (response) => {
      openStream(response)
      response.write('data: {"n":1}\n\ndata: {"n"')
      setImmediate(() => response.destroy())
    }
    const messages: Message[] = []

    const error = await failureOf(fetchEventSourceTransport(requestTo(), (message) => messages.push(message)))

    expect(error).toBeInstanceOf(WorkflowError)
    expect(error).toMatchObject({ code: 'network', phase: 'stream', cause: { name: 'TypeError' } })
    expect(server.requests).toHaveLength(1)
  })

  it('rejects with the reason of the signal when aborted during the stream', async () => {
    answer = (response) => {
      openStream(response)
      response.write('data: {"n":1}\n\ndata: {"n":2}\n\n')
    }
    const controller = new AbortController()
    const messages: Message[] = []

    const error = await failureOf(fetchEventSourceTransport(requestTo({ signal: controller.signal }), (message) => {
      messages.push(message)
      controller.abort('enough')
    }))

    expect(error).toBe('enough')
    expect(messages).toHaveLength(1)
    expect(await server.requests[0]!.left).toBe(true)
  })

  it.each([400, 401, 403, 404, 422, 429, 500])('rejects a %i', async (status) => {
    answer = (response) => {
      response.writeHead(status, { 'content-type': 'application/json', 'x-request-id': 'req-1' })
      response.end('{"detail":{"detail":"429: {\\"detail\\":\\"Quota\\"}"}}')
    }

    const error = await failureOf(fetchEventSourceTransport(requestTo(), () => undefined))

    expect(error).toMatchObject({ phase: 'submit', status, message: `The service answered ${status}: Quota`, requestId: 'req-1' })
    expect(server.requests).toHaveLength(1)
  })
})
