import type { Answer, ServiceRequest } from './answer.ts'
import type { BodySink } from './body.ts'
import { noAnswer } from './handleRequest.ts'
import { fromControlPath, fromServicePath } from './servicePath.ts'

/** What the listener needs of a `node:http` request; named here so that the types need no Node. */
export interface NodeRequest extends AsyncIterable<unknown> {
  readonly method?: string | undefined
  readonly url?: string | undefined
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly socket: { readonly remoteAddress?: string | undefined; destroy(): unknown }
}

/** What the listener needs of a `node:http` response. */
export interface NodeResponse {
  writeHead(status: number, headers: Record<string, string>): unknown
  flushHeaders(): unknown
  write(bytes: Uint8Array, onFlushed: () => void): unknown
  end(): unknown
  on(event: 'close', listener: () => void): unknown
}

/** Serves `node:http`, and as Connect middleware leaves other paths to `next`. */
export type NodeListener = (request: NodeRequest, response: NodeResponse, next?: (error?: unknown) => void) => void

export interface NodeListenerHandlers {
  readonly handle: (request: ServiceRequest) => Promise<Answer | typeof noAnswer>
  /** Routes that steer the simulator itself; asked from this machine only. */
  readonly control: (action: string, request: ServiceRequest) => Answer
  readonly refuseControl: () => Answer
}

/** The listener behind `listen()` and behind a dev server's middleware. It needs nothing of Node itself. */
export function createNodeListener({ handle, control, refuseControl }: NodeListenerHandlers): NodeListener {
  return (request, response, next) => {
    const url = new URL(request.url ?? '/', 'http://simulator.invalid')
    const path = fromServicePath(url.pathname)
    const action = fromControlPath(url.pathname)
    if (path === undefined && action === undefined && next) return next()

    const serve = async (): Promise<void> => {
      const asked: ServiceRequest = {
        method: request.method ?? 'GET',
        path: path ?? url.pathname,
        query: url.searchParams,
        headers: flatten(request.headers),
        bodyText: await readText(request),
      }
      const answer = action === undefined ? await handle(asked) : isLoopback(request) ? control(action, asked) : refuseControl()
      if (answer === noAnswer) return void request.socket.destroy()
      response.writeHead(answer.status, { ...answer.headers })
      response.flushHeaders()
      const leave = answer.body.attach(createSocketSink(request, response))
      response.on('close', leave)
    }
    // A request that breaks off has nobody to answer.
    serve().catch(() => { request.socket.destroy() })
  }
}

/** Writes one piece after the other, each when the one before has left, so that pieces that stand alone stay apart. */
function createSocketSink(request: NodeRequest, response: NodeResponse): BodySink {
  let pieces: { readonly bytes: Uint8Array; readonly standsAlone: boolean }[] = []
  let last: (() => void) | undefined
  let isWriting = false

  const writeNext = (): void => {
    if (isWriting) return
    const first = pieces[0]
    if (!first) return last?.()
    isWriting = true
    const together = first.standsAlone ? pieces.slice(0, 1) : pieces
    pieces = pieces.slice(together.length)
    response.write(concat(together.map((piece) => piece.bytes)), () => {
      const proceed = (): void => {
        isWriting = false
        writeNext()
      }
      // A turn of the event loop gives a reader the chance to see the piece alone; the network may still join them.
      if (first.standsAlone) setImmediate(proceed)
      else proceed()
    })
  }

  return {
    write(bytes, standsAlone) {
      pieces.push({ bytes, standsAlone })
      writeNext()
    },
    end() {
      last = () => { response.end() }
      writeNext()
    },
    cut() {
      last = () => { request.socket.destroy() }
      writeNext()
    },
  }
}

function concat(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let offset = 0
  for (const part of parts) {
    whole.set(part, offset)
    offset += part.length
  }
  return whole
}

async function readText(request: NodeRequest): Promise<string> {
  const parts: Uint8Array[] = []
  for await (const part of request) parts.push(part as Uint8Array)
  return new TextDecoder().decode(concat(parts))
}

const flatten = (headers: NodeRequest['headers']): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, typeof value === 'string' ? value : (value ?? []).join(', ')]))

const isLoopback = (request: NodeRequest): boolean => /^(?:127\.|::1$|::ffff:127\.)/.test(request.socket.remoteAddress ?? '')
