import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it, onTestFinished } from 'vitest'
import { freePort } from './startDemo.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))

/** Ends npm and all that it started: each is in the group of the first. */
async function end(child: ChildProcess): Promise<void> {
  const ended = once(child, 'close')
  process.kill(-(child.pid ?? 0), 'SIGTERM')
  await ended
}

// Broken by: another folder or config in the script `demo` of package.json, or `demo()` in vite.config.ts without its alias or its plugin.
it('serves the page and the simulator behind it, as the README says', async () => {
  const port = await freePort()
  // What this test runner and a real service are known by is nothing to the demo.
  const { VITEST, NODE_ENV, XPANDER_API_KEY, ...environment } = process.env
  const child = spawn('npm', ['run', 'demo', '--', '--host', '127.0.0.1', '--port', String(port), '--strictPort'], {
    cwd: root, env: environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'],
  })
  onTestFinished(() => end(child))
  let said = ''
  for (const output of [child.stdout, child.stderr]) output.on('data', (text: Buffer) => { said += text.toString() })
  const url = `http://127.0.0.1:${port}`
  const read = async (path: string): Promise<string> => (await fetch(url + path)).text()

  await expect.poll(() => (child.exitCode === null ? read('/').catch(() => '') : said), { timeout: 45_000 }).toContain('<div id="root">')

  expect(said).toContain('the simulator stands in for the service')
  expect(JSON.parse(await read('/api/demo'))).toMatchObject({ mode: 'simulator', workflows: expect.arrayContaining([expect.objectContaining({ scenario: 'report-pipeline' })]) })
  expect(await read('/main.tsx')).toContain('createRoot')
  expect(await read('/createDemoClient.ts')).toMatch(/from "\/@fs\/.*\/src\/index\.ts/)
})
