import type { Connect, Logger, Plugin } from 'vite'
import { createWorkflowSimulator } from 'use-workflow-stream/testing'
import type { DemoInfo } from './demoInfo.ts'
import { createDemoFaults } from './server/demoFaults.ts'
import { issueKey } from './server/demoKey.ts'
import { describeWorkflow, forwardToService } from './server/forwardToService.ts'
import type { Service } from './server/forwardToService.ts'

export interface DemoServerOptions {
  /** How much faster than life the simulator plays. @defaultValue 1 */
  readonly speed?: number
  /** Where `XPANDER_API_KEY`, `XPANDER_WORKFLOW_ID` and `XPANDER_BASE_URL` are looked up. @defaultValue process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>
  /** For how long the drawer's outage lasts; shorter in tests. @defaultValue 10000 */
  readonly outageMs?: number
  /** For how long its stall lasts. @defaultValue 15000 */
  readonly stallMs?: number
}

/** What stands behind the page: who answers `/api/xpander`, and what the page has to know about it. */
interface Backend {
  readonly announcement: string
  /** Passes one after the other. */
  readonly handlers: readonly Connect.NextHandleFunction[]
  /** What lets something go wrong on purpose; the real service has none. */
  readonly faults?: Connect.NextHandleFunction
  readonly info: () => Promise<DemoInfo>
  readonly close: () => void
}

const mountPath = '/api/xpander'

/** Vite plugin: the simulator behind real HTTP, or with `XPANDER_API_KEY` the real service, which never shows the page the key. */
export function demoServer(options: DemoServerOptions = {}): Plugin {
  const serve = (server: { readonly middlewares: Connect.Server; readonly config: { readonly logger: Logger }; readonly httpServer: Closing | null }): void => {
    const service = readService(options.environment ?? process.env)
    const backend = service === undefined ? simulate(options) : connect(service)
    server.config.logger.info(backend.announcement)
    server.httpServer?.on('close', backend.close)
    if (backend.faults) server.middlewares.use('/api/demo/faults', backend.faults)
    server.middlewares.use('/api/demo', (request, response, next) => {
      if (request.url !== '/') {
        response.statusCode = 404
        response.end()
        return
      }
      backend.info().then((info) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(info))
      }, next)
    })
    for (const handler of backend.handlers) server.middlewares.use(mountPath, handler)
  }
  return { name: 'demo-server', configureServer: serve, configurePreviewServer: serve }
}

interface Closing {
  on(event: 'close', listener: () => void): unknown
}

function readService(environment: Readonly<Record<string, string | undefined>>): Service | undefined {
  const { XPANDER_API_KEY: apiKey, XPANDER_WORKFLOW_ID: workflowId, XPANDER_BASE_URL: baseUrl = 'https://api.xpander.ai' } = environment
  if (!apiKey) return undefined
  if (!workflowId) {
    throw new Error('XPANDER_API_KEY is set but XPANDER_WORKFLOW_ID is not: set it to the workflow to run, or unset the key to use the simulator.')
  }
  return { apiKey, workflowId, baseUrl: baseUrl.replace(/\/+$/, '') }
}

function simulate({ speed = 1, outageMs = 10_000, stallMs = 15_000 }: DemoServerOptions): Backend {
  const simulator = createWorkflowSimulator({ speed })
  const key = issueKey()
  const faults = createDemoFaults(simulator, { outageMs, stallMs, key })
  return {
    announcement: `  Demo: the simulator stands in for the service (set XPANDER_API_KEY and XPANDER_WORKFLOW_ID to run a real workflow).`,
    handlers: [key.check, simulator.listener],
    faults: faults.handle,
    info: () => Promise.resolve({ mode: 'simulator', workflows: simulator.workflows, key: key.current() }),
    close() {
      faults.close()
      simulator.close()
    },
  }
}

function connect(service: Service): Backend {
  return {
    announcement: `  Demo: the real service at ${new URL(service.baseUrl).host}, workflow ${service.workflowId}; the key stays in this process.`,
    handlers: [forwardToService(service)],
    info: async () => ({ mode: 'service', workflows: [await describeWorkflow(service)] }),
    close: () => undefined,
  }
}
