import { WorkflowError } from '../../../src/core.ts'
import type { Transport, TransportRequest } from '../../../src/core.ts'
import { send } from '../../../src/transport/send.ts'
import type { Message } from '../../../src/transport/transport.ts'
import type { ModelTurn } from './modelService.ts'

/** A stream that a client asked for. */
export interface ModelStream {
  readonly request: TransportRequest
  readonly say: (message: Message) => void
  /** The service answers with a status; a 2xx opens it. */
  readonly answer: (status: number, headers?: Readonly<Record<string, string>>) => void
  readonly end: () => void
  readonly reset: () => void
  state: 'asked' | 'open' | 'over'
  turn: ModelTurn | undefined
  /** How much of the turn's log it has sent. */
  position: number
}

/** Any other request that a client made and that was not answered yet. */
export interface ModelRead {
  readonly route: 'task' | 'thread' | 'stop'
  readonly taskId: string
  /** What would have been the answer when it was asked. */
  readonly whenAsked: unknown
  readonly answer: (response: Response) => void
  readonly reset: () => void
}

/** What one page sends; nothing is answered by itself. */
export interface ModelNetwork {
  readonly fetch: typeof globalThis.fetch
  readonly transport: Transport
  readonly streams: ModelStream[]
  readonly reads: ModelRead[]
}

export interface ModelNetworkOptions {
  readonly onPost: (key: string) => void
  readonly onRead: (route: ModelRead['route']) => void
  readonly answerOf: (route: ModelRead['route'], taskId: string) => unknown
}

export function createModelNetwork({ onPost, onRead, answerOf }: ModelNetworkOptions): ModelNetwork {
  const streams: ModelStream[] = []
  const reads: ModelRead[] = []
  /** What the streams' own requests are answered with. */
  let streamAnswer = new Response(null)

  const fetch: typeof globalThis.fetch = (input, init) => {
    const url = input as string
    if (/\/(invoke\/stream|events)$/.test(url)) return Promise.resolve(streamAnswer)
    const [, taskId = '', part] = /\/v1\/tasks\/([^/]+)(?:\/(thread|stop))?$/.exec(url) ?? []
    const route = part === 'thread' || part === 'stop' ? part : 'task'
    onRead(route)
    return new Promise((resolve, reject) => {
      const read: ModelRead = {
        route, taskId: decodeURIComponent(taskId), whenAsked: answerOf(route, decodeURIComponent(taskId)),
        answer(response) { forget(); resolve(response) },
        reset() { forget(); reject(new TypeError('fetch failed')) },
      }
      const forget = (): void => { if (reads.includes(read)) reads.splice(reads.indexOf(read), 1) }
      reads.push(read)
      init?.signal?.addEventListener('abort', () => { forget(); reject(new DOMException('aborted', 'AbortError')) })
    })
  }

  const transport: Transport = (request, onMessage) => new Promise((resolve, reject) => {
    if (request.method === 'POST') onPost(request.headers['idempotency-key'] ?? '')
    const over = (settle: () => void): void => {
      stream.state = 'over'
      settle()
    }
    const fail = (error: unknown): void => { over(() => { reject(error) }) }
    const stream: ModelStream = {
      request, state: 'asked', turn: undefined, position: 0,
      say(message) {
        request.onBytes?.()
        if (stream.state === 'open') onMessage(message)
      },
      answer(status, headers = {}) {
        streamAnswer = new Response(null, { status, headers })
        stream.state = 'open'
        send({ ...request, url: request.url }, 'submit').catch(fail)
      },
      end() { if (stream.state !== 'over') over(resolve) },
      reset() {
        if (stream.state === 'over') return
        const phase = stream.state === 'asked' ? 'submit' : 'stream'
        fail(new WorkflowError('network', phase, 'The connection to the service failed', { mayHaveStarted: phase === 'submit' }))
      },
    }
    request.signal.addEventListener('abort', () => { if (stream.state !== 'over') fail(request.signal.reason) })
    streams.push(stream)
  })

  return { fetch, transport, streams, reads }
}

/** JSON, whose body is at hand: reading a real one takes turns of the event loop. */
export function jsonResponse(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return Object.assign(new Response(null, { status, headers }), { text: () => Promise.resolve(JSON.stringify(body)) })
}

