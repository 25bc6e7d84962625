import { describe, expect, it } from 'vitest'
import { openStream } from './streamServer.ts'
import { transports, useTransportBench } from './transportBench.ts'

const bench = useTransportBench()

describe.each(transports)('%s', (_, transport) => {
  it('sends one POST with exactly what the request says', async () => {
    bench.answer = (response) => openStream(response).end('data: {"n":1}\n\n')

    await transport(bench.requestTo(), bench.onMessage)

    expect(bench.server.requests).toHaveLength(1)
    expect(bench.server.requests[0]).toMatchObject({
      method: 'POST',
      url: '/v1/workflows/wf/invoke/stream?version=2',
      body: '{"input":{"text":"Hi"}}',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-api-key': 'key-of-a-customer' },
    })
  })

  it('asks fetch for no cache and no redirect, with a signal of its own', async () => {
    bench.answer = (response) => openStream(response).end('data: {"n":1}\n\n')
    const inits: RequestInit[] = []
    const fetch: typeof globalThis.fetch = (input, init = {}) => {
      inits.push(init)
      return globalThis.fetch(input, init)
    }

    await transport(bench.requestTo({ fetch }), bench.onMessage)

    expect(inits).toHaveLength(1)
    expect(inits[0]).toMatchObject({ method: 'POST', cache: 'no-store', redirect: 'error' })
    expect(inits[0]?.signal).toBeInstanceOf(AbortSignal)
    expect(inits[0]?.signal).not.toBe(bench.controller.signal)
    // Tools that read along with every response report an abort after the end as an error.
    expect(inits[0]?.signal?.aborted).toBe(false)
  })

  it('hands on the frames in order, each with its own id and event name', async () => {
    bench.answer = (response) => openStream(response, 'id: 7\nevent: step\ndata: {"n":1}\n\n').end('data: {"n":2}\n\n')

    await transport(bench.requestTo(), bench.onMessage)

    expect(bench.messages).toEqual([
      { data: '{"n":1}', id: '7', event: 'step' },
      { data: '{"n":2}', id: undefined, event: undefined },
    ])
  })

  it('hands on nothing for comments, blank lines and frames without data', async () => {
    bench.answer = (response) => openStream(response, ': ping\n\n\n\nevent: x\n\nid: 1\n\nretry: 0\n\ndata:\n\n').end('data: {"n":1}\n\n')

    await transport(bench.requestTo(), bench.onMessage)

    expect(bench.messages.map(({ data }) => data)).toEqual(['{"n":1}'])
  })

  it.each(['data: {"n":1}', 'data: {"n":1}\n', 'data: {"n":1}\r', 'data: {"n":1}\r\n', 'data: {"n":1}\r\r'])(
    'hands on a last frame that ends as %j',
    async (text) => {
      bench.answer = (response) => openStream(response).end(text)

      await transport(bench.requestTo(), bench.onMessage)

      expect(bench.messages.map(({ data }) => data)).toEqual(['{"n":1}'])
    },
  )

  it('reads past a byte order mark', async () => {
    bench.answer = (response) => openStream(response).end('\uFEFFdata: {"n":1}\n\n')

    await transport(bench.requestTo(), bench.onMessage)

    expect(bench.messages.map(({ data }) => data)).toEqual(['{"n":1}'])
  })

  it('resolves without a message when the body is empty', async () => {
    bench.answer = (response) => openStream(response).end()

    await transport(bench.requestTo(), bench.onMessage)

    expect(bench.messages).toEqual([])
    expect(bench.server.requests).toHaveLength(1)
  })

  it('ends at [DONE] and closes a connection that stays open', async () => {
    bench.answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: [DONE]\n\ndata: {"n":2}\n\n')

    await transport(bench.requestTo(), bench.onMessage)

    expect(bench.messages.map(({ data }) => data)).toEqual(['{"n":1}'])
    expect(await bench.server.requests[0]!.left).toBe(true)
  })

  it.each(['Text/Event-Stream', 'text/event-stream; charset=utf-8', 'text/event-stream;charset=UTF-8', 'text/event-stream ; x=y'])(
    'takes the content type %j',
    async (contentType) => {
      bench.answer = (response) => openStream(response, '', contentType).end('data: {"n":1}\n\n')

      await transport(bench.requestTo(), bench.onMessage)

      expect(bench.messages).toHaveLength(1)
    },
  )
})
