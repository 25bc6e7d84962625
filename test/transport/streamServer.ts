import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** One request as the server got it. */
export interface ServerRequest {
  readonly method: string
  readonly url: string
  readonly headers: IncomingMessage['headers']
  readonly body: string
  /** Resolves when the connection is gone or the answer was sent: `true` when the other side left first. */
  readonly left: Promise<boolean>
}

export interface StreamServer {
  readonly url: string
  /** Every request so far, in order. */
  readonly requests: readonly ServerRequest[]
  readonly close: () => Promise<void>
}

/** A real HTTP server on a real socket that remembers what it was asked. */
export async function startStreamServer(
  answer: (response: ServerResponse, request: ServerRequest) => void | Promise<void>,
): Promise<StreamServer> {
  const requests: ServerRequest[] = []
  const server = createServer((incoming, response) => {
    const left = new Promise<boolean>((resolve) => response.on('close', () => { resolve(!response.writableEnded) }))
    const pieces: Buffer[] = []
    incoming.on('data', (piece: Buffer) => pieces.push(piece))
    incoming.on('end', () => {
      const request: ServerRequest = {
        method: incoming.method ?? '',
        url: incoming.url ?? '',
        headers: incoming.headers,
        body: Buffer.concat(pieces).toString(),
        left,
      }
      requests.push(request)
      void answer(response, request)
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () => new Promise((resolve) => {
      server.close(() => { resolve() })
      server.closeAllConnections()
    }),
  }
}

export function openStream(response: ServerResponse, contentType = 'text/event-stream'): void {
  response.writeHead(200, { 'content-type': contentType })
  response.flushHeaders()
}
