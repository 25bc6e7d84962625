import type { Answer, ServiceRequest } from './answer.ts'
import type { Body } from './body.ts'
import { noAnswer } from './handleRequest.ts'
import { fromServicePath } from './servicePath.ts'

/** A `fetch` that asks the simulator; relative addresses and any mount before `/v1/` are fine. */
export function createSimulatorFetch(handle: (request: ServiceRequest) => Promise<Answer | typeof noAnswer>): typeof globalThis.fetch {
  return async (input, init = {}) => {
    const request = typeof input === 'object' && 'headers' in input ? input : undefined
    const signal = init.signal ?? request?.signal
    signal?.throwIfAborted()
    const address = typeof input === 'string' ? input : 'href' in input ? input.href : input.url
    const url = new URL(address, 'http://simulator.invalid')
    const asked: ServiceRequest = {
      method: (init.method ?? request?.method ?? 'GET').toUpperCase(),
      path: fromServicePath(url.pathname) ?? url.pathname,
      query: url.searchParams,
      headers: headersOf(init, request),
      bodyText: await readBody(init, request),
    }
    // A fetch hears of an abort also while its answer is on the way.
    const answer = await orAborted(handle(asked), signal)
    if (answer === noAnswer) throw new TypeError('Failed to fetch')
    const { status, headers, body } = answer
    const response = new Response(status === 204 ? null : readableOf(body, signal), { status, headers })
    Object.defineProperty(response, 'url', { value: url.href })
    return response
  }
}

function headersOf(init: RequestInit, request: Request | undefined): Readonly<Record<string, string>> {
  const headers = new Headers(init.headers ?? request?.headers)
  // What a fetch adds by itself for a body of text.
  if (typeof init.body === 'string' && !headers.has('content-type')) headers.set('content-type', 'text/plain;charset=UTF-8')
  return Object.fromEntries(headers)
}

async function readBody(init: RequestInit, request: Request | undefined): Promise<string> {
  if (typeof init.body === 'string') return init.body
  if (init.body !== undefined && init.body !== null) return new Response(init.body).text()
  return request ? request.clone().text() : ''
}

function orAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise
  return new Promise((resolve, reject) => {
    const onAbort = (): void => { reject(signal.reason as Error) }
    signal.addEventListener('abort', onAbort, { once: true })
    if (signal.aborted) onAbort()
    promise.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) })
  })
}

/** A response body that hands out what was written in order, and breaks only when all of that was read. */
function readableOf(body: Body, signal: AbortSignal | undefined): ReadableStream<Uint8Array> {
  const waiting: ((controller: ReadableStreamDefaultController<Uint8Array>) => void)[] = []
  let wake = (): void => {}
  let leave = (): void => {}

  const add = (action: (controller: ReadableStreamDefaultController<Uint8Array>) => void): void => {
    waiting.push(action)
    wake()
  }
  const finish = (): void => { signal?.removeEventListener('abort', onAbort) }
  let onAbort = (): void => {}

  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        onAbort = () => {
          leave()
          controller.error(signal?.reason)
          wake()
        }
        if (signal?.aborted) {
          onAbort()
          return
        }
        signal?.addEventListener('abort', onAbort, { once: true })
        leave = body.attach({
          write: (bytes) => { add((target) => { target.enqueue(bytes) }) },
          end: () => { add((target) => { finish(); target.close() }) },
          cut: () => { add((target) => { finish(); target.error(new TypeError('network error')) }) },
        })
      },
      async pull(controller) {
        if (waiting.length === 0) await new Promise<void>((resolve) => { wake = resolve })
        if (!signal?.aborted) waiting.shift()?.(controller)
      },
      cancel() {
        finish()
        leave()
      },
    },
    { highWaterMark: 0 },
  )
}
