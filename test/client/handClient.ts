import { afterEach } from 'vitest'
import { createWorkflowClient, selectTask } from '../../src/core.ts'
import type { TaskState, WorkflowClient, WorkflowClientOptions } from '../../src/core.ts'
import { createHandTransport } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

const clients: WorkflowClient[] = []
afterEach(() => { for (const client of clients.splice(0)) client.destroy() })

/** A client whose streams are driven by hand, and which publishes at once and follows nothing; destroyed after the test. */
export function setUp(options: WorkflowClientOptions = {}): HandTransport & { client: WorkflowClient } {
  const hand = createHandTransport()
  const client = createWorkflowClient({
    baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false, recover: false, ...options,
  })
  clients.push(client)
  return { ...hand, client }
}

/** The task of a submit or with an id, which has to be there. */
export function taskOf(client: WorkflowClient, key: string): TaskState {
  const task = selectTask(client.store.getState(), key)
  if (!task) throw new Error(`no task ${key}`)
  return task
}
