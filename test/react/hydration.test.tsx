import { act, cleanup } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import type { Root } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import type { ReactElement } from 'react'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { WorkflowProvider, createWorkflowClient, persistTasks, useWorkflowStream, useWorkflowText } from '../../src/index.ts'
import type { WorkflowClient, WorkflowClientOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import { createMemoryStorage } from '../store/memoryStorage.ts'

const clients: WorkflowClient[] = []
let root: Root | undefined
afterEach(() => {
  act(() => { root?.unmount() })
  root = undefined
  cleanup()
  for (const client of clients.splice(0)) client.destroy()
})

function createClient(options: WorkflowClientOptions = {}): WorkflowClient {
  const client = createWorkflowClient({ throttle: false, graph: false, recover: false, ...options })
  clients.push(client)
  return client
}

/** A client with a run under way, shown by the hooks of `chat`. */
async function createFilledClient(options: WorkflowClientOptions = {}): Promise<WorkflowClient> {
  const [frames, hand] = [createFrames(), createHandTransport()]
  const client = createClient({ transport: hand.transport, ...options })
  client.show('chat', client.submit({ workflowId: 'flow', input: 'Hi' }).key)
  await turnOver()
  hand.send(frames.created(), frames.chunk('Hello'))
  return client
}

/** What each render showed, in their order. */
let renders: string[]
function View(): ReactElement {
  const run = useWorkflowStream({ workflowId: 'flow', id: 'chat', follow: false })
  const text = useWorkflowText('task-1')
  renders.push(`${run.status}: ${run.text} ${text}`)
  return <p>{`${run.status}: ${run.text} ${text}`}</p>
}
const pageOf = (client: WorkflowClient): ReactElement => <WorkflowProvider client={client}><View /></WorkflowProvider>

const EMPTY = 'idle:  '
const FILLED = 'pending: Hello Hello'

// Broken by: a server snapshot that is the state of now (workflowStore.ts `getInitialState`, or useSelection.ts reading the store
// without `useStore`).
it('renders idle on a server, whatever the store holds', async () => {
  renders = []
  const client = await createFilledClient()
  expect(client.store.getState().tasks['task-1']).toMatchObject({ text: 'Hello' })

  const html = renderToString(pageOf(client))

  expect(html).toBe(`<p>${EMPTY}</p>`)
})

describe('in the browser, over what the server rendered with a client of its own', () => {
  /** Hydrates, lets everything come in, and answers what is shown; whatever React complains of fails the test. */
  const hydrate = async (client: WorkflowClient): Promise<string | null> => {
    const container = document.createElement('div')
    container.innerHTML = renderToString(pageOf(createClient()))
    expect(container.textContent).toBe(EMPTY)
    renders = []
    const onRecoverableError = vi.fn()
    await act(async () => {
      root = hydrateRoot(container, pageOf(client), { onRecoverableError })
      await turnOver()
    })
    expect(onRecoverableError).not.toHaveBeenCalled()
    return container.textContent
  }

  it('begins as the server did, and shows right after what the store holds', async () => {
    const client = await createFilledClient()

    expect(await hydrate(client)).toBe(FILLED)
    expect([renders[0], renders.at(-1)]).toEqual([EMPTY, FILLED])
  })

  it.each([false, true])('shows the tasks that were restored after it began as the server did (async storage: %s)', async (isAsync) => {
    const storage = createMemoryStorage({ isAsync })
    const before = await createFilledClient({ persist: persistTasks(storage) })
    await turnOver()
    before.destroy()
    await turnOver()
    const client = createClient({ persist: persistTasks(storage) })
    expect(client.store.getState().tasks['task-1'] === undefined).toBe(isAsync)

    expect(await hydrate(client)).toBe(FILLED)
    expect([renders[0], renders.at(-1)]).toEqual([EMPTY, FILLED])
  })
})
