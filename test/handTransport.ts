import type { Message, Transport, TransportRequest } from '../src/transport/transport.ts'

/** A stream driven by hand: it answers nothing that the test does not say. */
export interface HandTransport {
  readonly transport: Transport
  readonly requests: readonly TransportRequest[]
  /** Sends the newest request, for tests that look at its answer. */
  readonly open: () => Promise<void>
  /** Hands frames to the newest request. */
  readonly send: (...frames: readonly unknown[]) => void
  readonly sendText: (data: string, id?: string) => void
  /** Bytes of the newest request that make no frame. */
  readonly sendBytes: () => void
  readonly end: () => Promise<void>
  readonly fail: (error: unknown) => Promise<void>
}

export function createHandTransport(): HandTransport {
  const requests: TransportRequest[] = []
  let onMessage: (message: Message) => void = () => undefined
  let settle: { resolve: () => void; reject: (error: unknown) => void } = { resolve: () => undefined, reject: () => undefined }
  const send = (data: string, id?: string): void => {
    requests.at(-1)?.onBytes?.()
    onMessage({ data, id })
  }
  return {
    requests,
    transport: (request, listener) => {
      requests.push(request)
      onMessage = (message) => { if (!request.signal.aborted) listener(message) }
      return new Promise((resolve, reject) => {
        settle = { resolve, reject }
        request.signal.addEventListener('abort', () => { reject(request.signal.reason as Error) })
      })
    },
    send: (...frames) => { for (const frame of frames) send(JSON.stringify(frame)) },
    sendText: send,
    sendBytes: () => { requests.at(-1)?.onBytes?.() },
    async open() {
      const request = requests.at(-1)
      await request?.fetch(request.url, { method: request.method, headers: request.headers })
      await turnOver()
    },
    end: async () => { settle.resolve(); await turnOver() },
    fail: async (error) => { settle.reject(error); await turnOver() },
  }
}

/** Lets everything run that waits for nothing but its turn. */
export async function turnOver(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve()
}
