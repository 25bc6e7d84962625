import react from '@vitejs/plugin-react'
import { mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer as createNetServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { createServer } from 'vite'

/** An app that somebody works on: its modules in a folder of their own, served by Vite as `vite dev` does. */
export interface DevApp {
  readonly url: string
  /** How many pages wait for news of its modules. */
  readonly listeners: () => number
  /** Saves a module with a part of its text replaced. */
  readonly edit: (module: string, part: string, other: string) => Promise<void>
  readonly close: () => Promise<void>
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Starts it, with its API at the given service. */
export async function startDevApp(modules: Readonly<Record<string, string>>, serviceUrl: string): Promise<DevApp> {
  const folder = await mkdtemp(join(tmpdir(), 'use-workflow-stream-dev-'))
  await symlink(at('../../node_modules'), join(folder, 'node_modules'))
  for (const [name, text] of Object.entries(modules)) await writeFile(join(folder, name), text)
  const port = await freePort()
  const server = await createServer({
    configFile: false,
    root: folder,
    cacheDir: join(folder, 'cache'),
    logLevel: 'error',
    plugins: [react()],
    resolve: { alias: [{ find: /^use-workflow-stream$/, replacement: at('../../src/index.ts') }] },
    server: { host: '127.0.0.1', port, strictPort: true, fs: { strict: false }, proxy: { '/api/xpander': serviceUrl } },
    // Named here so that none is found, and the page reloaded, in the middle of a test.
    optimizeDeps: {
      include: [
        'react', 'react-dom/client', 'react/jsx-runtime', 'react/jsx-dev-runtime',
        'zustand/react', 'zustand/vanilla', 'zustand/vanilla/shallow', '@microsoft/fetch-event-source',
      ],
    },
  })
  await server.listen()
  return {
    url: `http://127.0.0.1:${port}/`,
    listeners: () => server.ws.clients.size,
    async edit(module, part, other) {
      const path = join(folder, module)
      const text = await readFile(path, 'utf8')
      if (!text.includes(part)) throw new Error(`${module} has no ${part}`)
      await writeFile(path, text.replace(part, other))
    },
    async close() {
      await server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createNetServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo
      server.close(() => { resolve(port) })
    })
  })
}
