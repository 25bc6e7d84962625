import type { NodeListener } from './nodeListener.ts'

export interface ListenOptions {
  /** @defaultValue a free port */
  readonly port?: number
  /** @defaultValue '127.0.0.1', which only this machine reaches */
  readonly host?: string
}

/** A simulator that answers over real HTTP. */
export interface ListeningSimulator {
  /** Where it is: give it to a client as `baseUrl`. */
  readonly url: string
  /** Breaks open connections and stops listening; runs go on. */
  close(): Promise<void>
}

/** Serves a listener over HTTP. Node's own modules are loaded here and only here, so that browsers can bundle the rest. */
export async function listen(listener: NodeListener, { port = 0, host = '127.0.0.1' }: ListenOptions): Promise<ListeningSimulator> {
  const { createServer } = await import(/* webpackIgnore: true */ 'node:http').catch((cause: unknown) => {
    throw new Error('listen() serves HTTP, which a browser cannot: use simulator.fetch there.', { cause })
  })
  const server = createServer((request, response) => { listener(request, response) })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  const listensAt = typeof address === 'object' && address !== null ? address.port : port
  return {
    url: `http://${host.includes(':') ? `[${host}]` : host}:${listensAt}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => { resolve() })
        server.closeAllConnections()
      }),
  }
}
