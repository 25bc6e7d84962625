import { afterEach, beforeEach, expect } from 'vitest'
import { fetchEventSourceTransport } from '../../src/transport/postStream.ts'
import type { Message, Transport, TransportRequest } from '../../src/transport/transport.ts'
import { readerTransport } from './readerTransport.ts'
import { startStreamServer, type ServerAnswer, type StreamServer } from './streamServer.ts'

// Node has no `document` and no `window`: what passes with this works in workers and on servers too.

/** Ours, and another in its place. */
export const transports: readonly (readonly [string, Transport])[] = [
  ['fetchEventSourceTransport', fetchEventSourceTransport],
  ['readerTransport', readerTransport],
]

/** A server on a real socket and what a transport is called with, new for each test. */
export interface TransportBench {
  answer: ServerAnswer
  server: StreamServer
  controller: AbortController
  messages: Message[]
  readonly onMessage: (message: Message) => void
  readonly requestTo: (fields?: Partial<TransportRequest>) => TransportRequest
}

/** Sets the bench up for every test of the file; one that leaves a rejection unhandled fails. */
export function useTransportBench(): TransportBench {
  let unhandled: unknown[]
  const onUnhandled = (reason: unknown): number => unhandled.push(reason)
  const bench = {
    onMessage: (message) => { bench.messages.push(message) },
    requestTo: (fields = {}) => ({
      url: `${bench.server.url}/v1/workflows/wf/invoke/stream?version=2`,
      method: 'POST',
      headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-api-key': 'key-of-a-customer' },
      body: '{"input":{"text":"Hi"}}',
      signal: bench.controller.signal,
      fetch: globalThis.fetch,
      ...fields,
    }),
  } as TransportBench

  beforeEach(async () => {
    bench.controller = new AbortController()
    bench.messages = []
    unhandled = []
    process.on('unhandledRejection', onUnhandled)
    bench.server = await startStreamServer((response, request) => bench.answer(response, request))
  })

  afterEach(async () => {
    await bench.server.close()
    process.off('unhandledRejection', onUnhandled)
    expect(unhandled).toEqual([])
  })

  return bench
}

/** What a promise rejects with; a promise that resolves fails the test. */
export const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => Promise.reject(new Error('It resolved')), (error: unknown) => error)
