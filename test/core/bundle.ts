import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { build } from 'vite'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** One module with all that it needs, for where no test runner can load the sources: another thread, a browser. */
export async function bundle(entry: string): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'error',
    plugins: [react()],
    // Only then StrictMode does what it is for.
    define: { 'process.env.NODE_ENV': '"development"' },
    resolve: {
      alias: [
        { find: /^use-workflow-stream$/, replacement: at('../../src/index.ts') },
        { find: /^use-workflow-stream\/core$/, replacement: at('../../src/core.ts') },
      ],
    },
    build: {
      write: false,
      minify: false,
      target: 'es2022',
      lib: { entry: at(entry), formats: ['es'] },
      rolldownOptions: { external: [/^node:/] },
    },
  })
  const [first] = [built].flat()
  if (first === undefined || !('output' in first)) throw new Error(`Nothing was built of ${entry}`)
  return first.output[0].code
}
