import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWorkflowClient, fetchEventSourceTransport, selectTask } from '../../src/core.ts'
import type { TaskState, Transport } from '../../src/core.ts'
import { createWorkflowSimulator } from '../../src/testing.ts'
import { everyKind, taskId } from '../recordings/everyKind.ts'
import { readerTransport } from '../transport/readerTransport.ts'

afterEach(() => { vi.useRealTimers() })

const transports: readonly (readonly [string, Transport])[] = [
  ['the default transport', fetchEventSourceTransport],
  ['another reader in its place', readerTransport],
]

/** The root task after the bytes of a recording were read in these pieces. */
async function read(transport: Transport, pieces: readonly Uint8Array[]): Promise<TaskState | undefined> {
  const fetch: typeof globalThis.fetch = () => {
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (const piece of pieces) if (piece.length > 0) controller.enqueue(piece)
        controller.close()
      },
    })
    return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream' } }))
  }
  const client = createWorkflowClient({ baseUrl: 'https://service.test', fetch, transport, graph: false })
  await client.submit({ workflowId: 'flow', input: 'Hi' }).settled
  const task = selectTask(client.store.getState(), taskId)
  client.destroy()
  return task
}

/** What does not depend on the key that a submit happens to get. */
const shownOf = (task: TaskState | undefined): unknown => JSON.parse(JSON.stringify(task, (name, value: unknown) => (name === 'key' || name === 'notes' ? undefined : value)))

const firstTurn = everyKind.slice(0, 1 + everyKind.findIndex((frame) => /task_?finished/i.test(String((frame as { type?: unknown }).type)) && (frame as { task_id?: unknown }).task_id === taskId))
const bytes = new TextEncoder().encode(firstTurn.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join(''))

describe.each(transports)('%s', (_, transport) => {
  it('runs the report pipeline over HTTP, with one POST', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const { url, close } = await simulator.listen()
    const client = createWorkflowClient({ baseUrl: url, transport })

    const turn = await client.submit({ workflowId: simulator.workflows[0]?.id ?? '', input: 'Write a report' }).settled

    expect(turn).toMatchObject({ status: 'completed', cause: 'finished', error: null })
    expect(turn.timeline.length).toBeGreaterThan(3)
    expect(simulator.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/stream'))).toHaveLength(1)
    client.destroy()
    await close()
  })

  it('comes to the same state wherever the bytes are split', { timeout: 120_000 }, async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 4, 13) })
    const whole = shownOf(await read(transport, [bytes]))
    expect(whole).toMatchObject({ status: 'completed' })

    for (let at = 1; at < bytes.length; at += 1) {
      const task = await read(transport, [bytes.subarray(0, at), bytes.subarray(at)])
      expect(shownOf(task), `split at byte ${at}`).toEqual(whole)
    }
  })
})

it('comes to the same state with either', async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.UTC(2026, 4, 13) })

  const states = await Promise.all(transports.map(async ([, transport]) => shownOf(await read(transport, [bytes]))))

  expect(states[1]).toEqual(states[0])
})
