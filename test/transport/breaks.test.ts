import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { answerWith, openStream, startStreamServer, type ServerAnswer } from './streamServer.ts'
import { failureOf, transports, useTransportBench } from './transportBench.ts'

const bench = useTransportBench()

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

describe.each(transports)('%s', (_, transport) => {
  describe('a line that breaks', () => {
    it('rejects as network when the connection goes before the answer', async () => {
      bench.answer = (response) => response.destroy()

      const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

      expect(error).toMatchObject({ code: 'network', phase: 'submit', mayHaveStarted: true, cause: { name: 'TypeError' } })
      expect(bench.server.requests).toHaveLength(1)
    })

    it('rejects as network when nobody listens', async () => {
      const gone = await startStreamServer(() => undefined)
      await gone.close()

      const error = await failureOf(transport(bench.requestTo({ url: gone.url }), bench.onMessage))

      expect(error).toMatchObject({ code: 'network', phase: 'submit', mayHaveStarted: true })
    })

    it('rejects as network when the connection goes within a frame, after what came before', async () => {
      let line: ServerResponse | undefined
      bench.answer = (response) => { line = openStream(response, 'data: {"n":1}\n\ndata: {"n"') }

      const error = await failureOf(transport(bench.requestTo(), (message) => {
        bench.messages.push(message)
        line?.destroy()
      }))

      expect(error).toMatchObject({ code: 'network', phase: 'stream', cause: { name: 'TypeError', message: 'terminated' } })
      expect(bench.messages.map(({ data }) => data)).toEqual(['{"n":1}'])
      expect(bench.server.requests).toHaveLength(1)
    })
  })

  describe('an abort', () => {
    it('sends nothing when the signal is aborted already', async () => {
      bench.controller.abort(new Error('left'))

      const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

      expect(error).toBe(bench.controller.signal.reason)
      expect(bench.server.requests).toEqual([])
    })

    it('rejects with the reason before the answer, and the server sees it', async () => {
      bench.answer = () => undefined
      const received = bench.server.nextRequest()
      const sent = transport(bench.requestTo(), bench.onMessage)
      const request = await received

      bench.controller.abort('left')

      expect(await failureOf(sent)).toBe('left')
      expect(await request.left).toBe(true)
      expect(bench.server.requests).toHaveLength(1)
    })

    it('drops the rest of the chunk, and the server sees it', async () => {
      bench.answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: {"n":2}\n\ndata: {"n":3}\n\n')

      const error = await failureOf(transport(bench.requestTo(), (message) => {
        bench.messages.push(message)
        bench.controller.abort()
      }))

      expect(error).toMatchObject({ name: 'AbortError' })
      expect(error).toBe(bench.controller.signal.reason)
      expect(bench.messages.map(({ data }) => data)).toEqual(['{"n":1}'])
      expect(await bench.server.requests[0]!.left).toBe(true)
      expect(bench.server.requests).toHaveLength(1)
    })

    it('ends a stream whose server goes quiet', async () => {
      bench.answer = (response) => openStream(response, 'data: {"n":1}\n\n: and then nothing')
      let seen = (): void => undefined
      const first = new Promise<void>((resolve) => { seen = resolve })
      const sent = transport(bench.requestTo(), () => seen())
      await first

      bench.controller.abort('left')

      expect(await failureOf(sent)).toBe('left')
      expect(await bench.server.requests[0]!.left).toBe(true)
    })

    it('is too late once the body has ended', async () => {
      bench.answer = (response) => openStream(response).end('data: {"n":1}\n\n')
      await transport(bench.requestTo(), bench.onMessage)

      bench.controller.abort()

      expect(bench.messages).toHaveLength(1)
      expect(await bench.server.requests[0]!.left).toBe(false)
    })
  })

  it('rejects with what a message handler throws, once, and closes the connection', async () => {
    bench.answer = (response) => openStream(response, 'data: {"n":1}\n\ndata: {"n":2}\n\n')
    const bug = new Error('bug')

    const error = await failureOf(transport(bench.requestTo(), (message) => {
      bench.messages.push(message)
      throw bug
    }))

    expect(error).toBe(bug)
    expect(bench.messages).toHaveLength(1)
    expect(await bench.server.requests[0]!.left).toBe(true)
    expect(bench.server.requests).toHaveLength(1)
  })

  it.each<[string, ServerAnswer]>([
    ['a stream ends', (response) => openStream(response).end('data: {"n":1}\n\n')],
    ['[DONE] ends it', (response) => openStream(response, 'data: [DONE]\n\n')],
    ['the service refuses', (response) => answerWith(response, 500, 'application/json', '{}')],
    ['the answer is a page', (response) => answerWith(response, 200, 'text/html', '<p>')],
    ['the answer is a task', (response) => answerWith(response, 200, 'application/json', '{"id":"a","status":"completed"}')],
    ['the connection goes', (response) => response.destroy()],
  ])('leaves no listener on the signal when %s', async (_name, how) => {
    bench.answer = how
    const listeners = watch(bench.controller.signal)

    const sent = transport(bench.requestTo(), bench.onMessage).catch(() => undefined)
    const whileSending = listeners()
    await sent

    expect(whileSending).toBe(1)
    expect(listeners()).toBe(0)
  })
})
