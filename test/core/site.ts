import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { WorkflowSimulator } from 'use-workflow-stream/testing'

/** A site on a real socket that serves its scripts and, under `/api/xpander`, the service. */
export interface Site {
  readonly url: string
  /** Breaks every connection, as a network may. */
  readonly breakLines: () => void
  readonly close: () => Promise<void>
}

/** Serves these scripts by their paths; every other path is a page that loads `/page.js`, if there is one. */
export async function startSite(simulator: WorkflowSimulator, scripts: Readonly<Record<string, string>>): Promise<Site> {
  const server = createServer((request, response) => {
    simulator.listener(request, response, () => {
      const script = scripts[request.url ?? '']
      response.setHeader('content-type', script === undefined ? 'text/html' : 'text/javascript')
      response.end(script ?? page('/page.js' in scripts))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    breakLines: () => { server.closeAllConnections() },
    close: () => new Promise((resolve) => {
      server.close(() => { resolve() })
      server.closeAllConnections()
    }),
  }
}

// The empty icon keeps the browser from asking for one.
const page = (hasScript: boolean): string =>
  `<!doctype html><title>Page</title><link rel="icon" href="data:,">${hasScript ? '<script type="module" src="/page.js"></script>' : ''}`

/** Invoking POSTs that the simulator saw. */
export const invokes = ({ requests }: WorkflowSimulator): number =>
  requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/invoke/stream')).length
