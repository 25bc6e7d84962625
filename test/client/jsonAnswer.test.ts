import { expect, it, onTestFinished, vi } from 'vitest'
import { createWorkflowClient } from '../../src/core.ts'
import { taskOf } from './handClient.ts'

it.each([
  ['has ended', 'completed'],
  ['goes on', 'executing'],
])('reads the canvas when the POST is answered by the JSON of a task that %s', async (_, status) => {
  const asked: string[] = []
  const answerTo = (path: string): unknown => {
    if (path.endsWith('/nodes')) return [{ id: 'a', type: 'agent', name: 'Writer' }]
    return { id: 'task-1', last_executed_node_id: 'a', ...(path.endsWith('/stream') ? { status } : { status: 'completed' }), result: 'Done' }
  }
  const client = createWorkflowClient({
    baseUrl: 'https://service.test', throttle: false, recover: { firstDelayMs: 0 },
    fetch(input) {
      const { pathname } = new URL(input as string)
      asked.push(pathname)
      return Promise.resolve(Response.json(answerTo(pathname)))
    },
  })
  onTestFinished(() => { client.destroy() })

  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  expect(await settled).toMatchObject({ status: 'completed', result: 'Done' })
  await vi.waitFor(() => expect(taskOf(client, key).timeline).toMatchObject([{ id: 'a', name: 'Writer', type: 'agent' }]))
  expect(asked.filter((path) => path === '/v1/workflows/flow/nodes')).toHaveLength(1)
})
