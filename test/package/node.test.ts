import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { installNode } from './nodeBinary.ts'
import { createScratchApp, type ScratchApp } from './scratchApp.ts'

// The main job: the report pipeline over real HTTP, from a program that has no React and no DOM.
const report = `
import { createWorkflowClient } from 'use-workflow-stream/core'
import { createWorkflowSimulator } from 'use-workflow-stream/testing'

const simulator = createWorkflowSimulator({ speed: 20 })
const server = await simulator.listen()
const client = createWorkflowClient({ baseUrl: server.url })

const { settled } = client.submit({ workflowId: simulator.workflows[0].id, input: 'Generate a comprehensive report' })
const turn = await settled

client.destroy()
await server.close()
const posts = simulator.requests.filter((request) => request.method === 'POST').length
console.log(JSON.stringify({
  node: process.version,
  status: turn.status,
  cause: turn.cause,
  error: turn.error?.message,
  hasText: turn.text.length > 0,
  nodes: turn.timeline.map((node) => node.status),
  posts,
}))
`

const entries = `
const core = await import('use-workflow-stream/core')
const testing = await import('use-workflow-stream/testing')
const hooks = await import('use-workflow-stream').catch((error) => error.code)
const { createRequire } = await import('node:module')
const required = createRequire(import.meta.url)('use-workflow-stream/core')
console.log(JSON.stringify({
  core: typeof core.createWorkflowClient,
  testing: typeof testing.createWorkflowSimulator,
  hooks: typeof hooks === 'string' ? hooks : typeof hooks.useWorkflowStream,
  required: required.createWorkflowClient === core.createWorkflowClient,
}))
`

describe.each(['20.19.0', '22', '24'])('the packed package under Node %s', (version) => {
  let app: ScratchApp
  let node: string

  beforeAll(async () => {
    app = createScratchApp(`node-${version}`)
    // No peer dependency: ./core and ./testing have to do without React.
    await app.install([inject('tarball')], '--legacy-peer-deps')
    node = await installNode(app, version)
    app.write('report.js', report)
    app.write('entries.js', entries)
  })

  afterAll(() => {
    app.remove()
  })

  it('loads ./core and ./testing where there is no React', async () => {
    const { output, errors } = await app.run(node, 'entries.js')

    expect(errors).toBe('')
    expect(JSON.parse(output)).toEqual({
      core: 'function',
      testing: 'function',
      hooks: 'ERR_MODULE_NOT_FOUND',
      required: true,
    })
  })

  it('runs the report pipeline over HTTP to its end, and the program ends by itself', async () => {
    const { exitCode, output, errors } = await app.run(node, 'report.js')

    expect(errors).toBe('')
    expect(exitCode).toBe(0)
    const end = JSON.parse(output) as { readonly node: string; readonly nodes: readonly string[] }
    expect(end).toMatchObject({ status: 'completed', cause: 'finished', hasText: true, posts: 1 })
    expect(end.node.startsWith(`v${version}.`) || end.node === `v${version}`).toBe(true)
    expect(end.nodes.length).toBeGreaterThan(3)
  })

  it('loads the hooks entry where React is installed', async () => {
    await app.install(['react@19'], '--legacy-peer-deps')

    const { output, errors } = await app.run(node, 'entries.js')

    expect(errors).toBe('')
    expect(JSON.parse(output)).toMatchObject({ hooks: 'function' })
  })
})
