import type { Connect, Logger, Plugin } from 'vite'
import { createWorkflowSimulator } from 'use-workflow-stream/testing'
import type { DemoInfo } from './demoInfo.ts'
import { describeWorkflow, forwardToService } from './server/forwardToService.ts'
import type { Service } from './server/forwardToService.ts'

export interface DemoServerOptions {
  /** How much faster than life the simulator plays. @defaultValue 1 */
  readonly speed?: number
  /** Where `XPANDER_API_KEY`, `XPANDER_WORKFLOW_ID` and `XPANDER_BASE_URL` are looked up. @defaultValue process.env */
  readonly environment?: Readonly<Record<string, string | undefined>>
}

/** What stands behind the page: who answers `/api/xpander`, and what the page has to know about it. */
interface Backend {
  readonly announcement: string
  readonly handle: Connect.NextHandleFunction
  readonly info: () => Promise<DemoInfo>
  readonly close: () => void
}

const mountPath = '/api/xpander'

/** Vite plugin: the simulator behind real HTTP, or with `XPANDER_API_KEY` the real service, which never shows the page the key. */
export function demoServer(options: DemoServerOptions = {}): Plugin {
  const serve = (server: { readonly middlewares: Connect.Server; readonly config: { readonly logger: Logger }; readonly httpServer: Closing | null }): void => {
    const service = readService(options.environment ?? process.env)
    const backend = service === undefined ? simulate(options.speed ?? 1) : connect(service)
    server.config.logger.info(backend.announcement)
    server.httpServer?.on('close', backend.close)
    server.middlewares.use('/api/demo', (_request, response, next) => {
      backend.info().then((info) => {
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify(info))
      }, next)
    })
    server.middlewares.use(mountPath, backend.handle)
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

function simulate(speed: number): Backend {
  const simulator = createWorkflowSimulator({ speed })
  return {
    announcement: `  Demo: the simulator stands in for the service (set XPANDER_API_KEY and XPANDER_WORKFLOW_ID to run a real workflow).`,
    handle: simulator.listener,
    info: () => Promise.resolve({ mode: 'simulator', workflows: simulator.workflows }),
    close: simulator.close,
  }
}

function connect(service: Service): Backend {
  return {
    announcement: `  Demo: the real service at ${new URL(service.baseUrl).host}, workflow ${service.workflowId}; the key stays in this process.`,
    handle: forwardToService(service),
    info: async () => ({ mode: 'service', workflows: [await describeWorkflow(service)] }),
    close: () => undefined,
  }
}
