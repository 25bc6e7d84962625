import react from '@vitejs/plugin-react'
import { createServer as createNetServer } from 'node:net'
import { fileURLToPath } from 'node:url'
import { chromium, type Page } from 'playwright'
import { createServer } from 'vite'
import { demoServer, type DemoServerOptions } from '../../demo/server.ts'
import { chromiumArguments, chromiumPath } from '../browser/chromiumPath.ts'

/** The demo in a dev server of its own, and a browser to look at it. */
export interface Demo {
  readonly url: string
  readonly open: (options?: OpenOptions) => Promise<DemoPage>
  readonly close: () => Promise<void>
}

export interface OpenOptions {
  /** Scenario of the workflow that the page begins with. */
  readonly workflow?: string
  readonly width?: number
  readonly height?: number
}

export interface DemoPage {
  readonly page: Page
  /** What the page complained about: console errors and warnings, and what it threw. */
  readonly problems: string[]
  readonly close: () => Promise<void>
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Starts both; `close` ends them. */
export async function startDemo(options: DemoServerOptions): Promise<Demo> {
  const server = await createServer({
    configFile: false,
    root: at('../../demo'),
    // Not the cache of a dev server that somebody has open.
    cacheDir: at('../../node_modules/.vite-e2e'),
    logLevel: 'error',
    plugins: [react(), demoServer(options)],
    resolve: {
      alias: [{ find: /^use-workflow-stream$/, replacement: at('../../src/index.ts') }],
    },
    server: { host: '127.0.0.1', port: await freePort(), strictPort: true, hmr: false, watch: null },
    // Named here so that none is found, and the page reloaded, in the middle of a test.
    optimizeDeps: {
      include: [
        'react', 'react-dom', 'react-dom/client', 'react/jsx-runtime', 'react/jsx-dev-runtime', 'react-markdown', 'valibot',
        'zustand/react', 'zustand/vanilla', 'zustand/vanilla/shallow', '@microsoft/fetch-event-source',
      ],
    },
  })
  await server.listen()
  const browser = await chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumArguments] })
  // One context for all pages, so that the modules of the page are read once.
  const context = await browser.newContext({ colorScheme: 'light', reducedMotion: 'reduce' })
  const url = server.resolvedUrls?.local[0] ?? ''

  return {
    url,
    async open({ workflow = 'report-pipeline', width = 1280, height = 900 } = {}) {
      const page = await context.newPage()
      await page.setViewportSize({ width, height })
      const problems: string[] = []
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) problems.push(message.text())
      })
      page.on('pageerror', (error) => problems.push(error.message))
      await page.goto(`${url}?workflow=${workflow}`)
      await page.getByRole('button', { name: 'Run', exact: true }).waitFor()
      return { page, problems, close: () => page.close() }
    },
    async close() {
      await browser.close()
      await server.close()
    },
  }
}

/** A port that nobody listens on. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createNetServer()
    probe.on('error', reject)
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address()
      probe.close(() => { resolve(typeof address === 'object' && address !== null ? address.port : 0) })
    })
  })
}
