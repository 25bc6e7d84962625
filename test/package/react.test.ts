import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Browser, chromium } from 'playwright'
import { preview } from 'vite'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { chromiumArguments, chromiumPath } from '../browser/chromiumPath.ts'
import { createScratchApp, type ScratchApp } from './scratchApp.ts'

const tool = (path: string): string => fileURLToPath(new URL(`../../node_modules/${path}`, import.meta.url))

const report = `
import { useWorkflowStream } from 'use-workflow-stream'

export function Report({ workflowId }: { readonly workflowId: string }) {
  const run = useWorkflowStream({ workflowId })

  return (
    <main>
      <button onClick={() => { run.submit('Generate a comprehensive report') }}>Run</button>
      <p role="status">{run.status}</p>
      <ul>{run.timeline.map((node) => <li key={node.id}>{node.name}: {node.status}</li>)}</ul>
      <pre>{run.text}</pre>
    </main>
  )
}
`

const page = `
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { createWorkflowClient, WorkflowProvider } from 'use-workflow-stream'
import { createWorkflowSimulator } from 'use-workflow-stream/testing'
import { Report } from './Report'

const simulator = createWorkflowSimulator({ speed: 20 })
const client = createWorkflowClient({ fetch: simulator.fetch })
const workflowId = simulator.workflows[0]?.id ?? ''

createRoot(document.body.appendChild(document.createElement('div'))).render(
  <StrictMode>
    <WorkflowProvider client={client}><Report workflowId={workflowId} /></WorkflowProvider>
  </StrictMode>,
)
`

// The empty icon keeps the browser from asking for one.
const document = `<!doctype html>
<title>Report</title>
<link rel="icon" href="data:,">
<script type="module" src="/src/main.tsx"></script>
`

const server = `
import { createElement, version } from 'react'
import { renderToString } from 'react-dom/server'
import { useWorkflowStream } from 'use-workflow-stream'

function Status() {
  return createElement('p', null, useWorkflowStream({ workflowId: 'any' }).status)
}
console.log(version, renderToString(createElement(Status)))
`

const typescriptSettings = JSON.stringify({
  compilerOptions: {
    target: 'ES2022',
    module: 'ESNext',
    moduleResolution: 'Bundler',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    types: [],
    jsx: 'react-jsx',
    strict: true,
    exactOptionalPropertyTypes: true,
    // The types of the package are checked too.
    skipLibCheck: false,
    noEmit: true,
  },
  include: ['src'],
})

describe.each([
  { react: '18.2.0', types: '18.2' },
  { react: '19', types: '19' },
])('the packed package in an app with React $react', ({ react, types }) => {
  let app: ScratchApp
  let browser: Browser

  beforeAll(async () => {
    app = createScratchApp(`react-${react}`)
    app.write('tsconfig.json', typescriptSettings)
    app.write('index.html', document)
    // React's development build, which says what it does not like.
    app.write('.env', 'NODE_ENV=development')
    app.write('src/Report.tsx', report)
    app.write('src/main.tsx', page)
    app.write('server.js', server)
    // Without a flag: an app's author meets every complaint about the peer range.
    await app.install([
      inject('tarball'),
      `react@${react}`,
      `react-dom@${react}`,
      `@types/react@${types}`,
      `@types/react-dom@${types}`,
    ])
    browser = await chromium.launch({ executablePath: await chromiumPath(), args: [...chromiumArguments] })
  })

  afterAll(async () => {
    await browser.close()
    app.remove()
  })

  it('has that React installed, and only once', async () => {
    const { output } = await app.run('npm', 'ls', 'react', '--all', '--parseable')

    expect(app.installedVersion('react')).toMatch(new RegExp(`^${react.replaceAll('.', '\\.')}(\\.|$)`))
    expect(output.trim().split('\n')).toEqual([join(app.folder, 'node_modules', 'react')])
  })

  it.each(['Bundler', 'NodeNext'])('type-checks with module resolution %s', async (resolution) => {
    const module = resolution === 'NodeNext' ? 'NodeNext' : 'ESNext'
    app.write('src/Report.tsx', report)
    app.write('src/main.tsx', resolution === 'NodeNext' ? page.replace('./Report', './Report.js') : page)

    const { output } = await app.run(
      process.execPath,
      tool('typescript/bin/tsc'),
      ...['-p', '.', '--module', module, '--moduleResolution', resolution],
    )

    expect(output).toBe('')
  })

  it('renders on a server', async () => {
    const { output, errors } = await app.run(process.execPath, 'server.js')

    expect(errors).toBe('')
    expect(output).toBe(`${app.installedVersion('react')} <p>idle</p>\n`)
  })

  it('runs the report pipeline in Chromium, built by Vite', async () => {
    const built = await app.run(process.execPath, tool('vite/bin/vite.js'), 'build', '--logLevel', 'error')
    expect(built).toEqual({ exitCode: 0, output: '', errors: '' })
    const site = await preview({ root: app.folder, configFile: false, logLevel: 'silent', preview: { port: 0 } })
    const tab = await browser.newPage()
    const complaints: string[] = []
    tab.on('console', (message) => {
      // React recommends its developer tools as an "info".
      if (message.type() !== 'info') complaints.push(message.text())
    })
    tab.on('pageerror', (error) => complaints.push(error.message))

    await tab.goto(site.resolvedUrls?.local[0] ?? '')
    await tab.getByText('idle').waitFor()
    await tab.getByRole('button', { name: 'Run' }).click()
    await tab.getByText('completed', { exact: true }).waitFor({ timeout: 30_000 })

    expect(await tab.getByRole('listitem').count()).toBeGreaterThan(3)
    expect((await tab.locator('pre').textContent())?.length).toBeGreaterThan(0)
    expect(complaints).toEqual([])
    await tab.close()
    await site.close()
  })
})
