import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the server got it. */
export interface ServerRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
  /** Resolves when the answer is over: `true` when the other side left before it was. */
  readonly left: Promise<boolean>
}

/** What the server does with a request once it was received whole. */
export type ServerAnswer = (response: ServerResponse, request: ServerRequest) => void

export interface StreamServer {
  readonly url: string
  /** Every request so far, in order. */
  readonly requests: readonly ServerRequest[]
  /** Resolves with the next request. */
  readonly nextRequest: () => Promise<ServerRequest>
  readonly close: () => Promise<void>
}

/** A real HTTP server on a real socket that remembers what it was asked. */
export async function startStreamServer(answer: ServerAnswer): Promise<StreamServer> {
  const requests: ServerRequest[] = []
  const waiting: ((request: ServerRequest) => void)[] = []

  const server = createServer((incoming, response) => {
    const left = new Promise<boolean>((resolve) => {
      response.on('close', () => resolve(!response.writableEnded))
    })
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => {
      const { method = '', url = '', headers } = incoming
      const request: ServerRequest = { method, url, headers, body: Buffer.concat(pieces).toString(), left }
      requests.push(request)
      for (const resolve of waiting.splice(0)) resolve(request)
      answer(response, request)
    })
  })

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    nextRequest: () => new Promise((resolve) => waiting.push(resolve)),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

/** Opens an event stream and writes `text` to it; it stays open. */
export function openStream(response: ServerResponse, text = '', contentType = 'text/event-stream'): ServerResponse {
  response.writeHead(200, { 'content-type': contentType })
  response.flushHeaders()
  if (text) response.write(text)
  return response
}

/** Answers with all there is at once. */
export function answerWith(response: ServerResponse, status: number, contentType: string, text: string): void {
  response.writeHead(status, { 'content-type': contentType })
  response.end(text)
}
