import { fetchEventSource } from '@microsoft/fetch-event-source'
import { createWorkflowClient, type WorkflowClient, type WorkflowClientOptions } from 'use-workflow-stream/core'
import { createMemoryService, type MemoryServiceOptions } from './memoryService.ts'

const workflowId = 'flow'

/** The library as it comes: bytes in, the settled task in the store out. */
export async function runOurs(pieces: readonly Uint8Array[], options: MemoryServiceOptions & WorkflowClientOptions = {}): Promise<WorkflowClient> {
  const client = openOurs(createMemoryService(pieces, options), options)
  const { status, cause } = await client.submit({ workflowId, input: 'Hi' }).settled
  if (status !== 'completed' || cause !== 'finished') throw new Error(`The run did not end well: ${status}, ${cause}`)
  return client
}

/** A client of that service; `submit` is what starts to read. */
export const openOurs = ({ fetch }: { readonly fetch: typeof globalThis.fetch }, options: WorkflowClientOptions = {}): WorkflowClient =>
  createWorkflowClient({ baseUrl: 'https://bench.invalid', ...pick(options), fetch })

/** The bare library as one would write it, with a JSON.parse of each message. */
export async function runBare(pieces: readonly Uint8Array[]): Promise<number> {
  const { fetch } = createMemoryService(pieces)
  const removePage = standInForPage()
  let events = 0
  await fetchEventSource('https://bench.invalid/', {
    method: 'POST',
    openWhenHidden: true,
    fetch,
    onmessage: ({ data }) => { if (JSON.parse(data) !== null) events += 1 },
    onerror: (error) => { throw error },
  })
  removePage()
  return events
}

/** The bare library reaches for a page when a request ends. */
function standInForPage(): () => void {
  if (typeof document !== 'undefined') return () => undefined
  Object.assign(globalThis, { window: globalThis, document: { removeEventListener: () => undefined } })
  return () => { for (const name of ['window', 'document']) Reflect.deleteProperty(globalThis, name) }
}

const pick = ({ throttle, maxEvents, maxTasks, recover }: WorkflowClientOptions): WorkflowClientOptions => ({ throttle, maxEvents, maxTasks, recover })
