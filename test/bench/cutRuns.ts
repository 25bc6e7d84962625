import { selectTask } from 'use-workflow-stream/core'
import type { TaskState } from 'use-workflow-stream/core'
import { openOurs } from './contenders.ts'
import { medians, timed } from './measure.ts'
import type { Row } from './row.ts'
import { createWire, nodeId } from './wire.ts'

const events = 100_000
const cuts = 50
const encoder = new TextEncoder()

/** One long run whose stream breaks again and again, behind a server that keeps it, against the same run in one piece. */
export async function cutRuns(): Promise<Row[]> {
  const frames = writeRun()
  let whole: string | undefined
  let requests = 0
  const run = async (parts: number): Promise<void> => {
    const service = createKeptStream(frames, parts)
    const client = openOurs(service, { recover: { firstDelayMs: 0 } })
    const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
    const { status } = await settled
    const shown = JSON.stringify(selectTask(client.store.getState(), key), withoutClocks)
    client.destroy()
    if (status !== 'completed' || shown !== (whole ??= shown)) throw new Error(`The run in ${parts} parts came out otherwise: ${status}`)
    requests = service.requests()
  }
  const { uncut, cut } = await medians(3, { uncut: () => timed(() => run(1)), cut: () => timed(() => run(cuts + 1)) })
  return [
    { what: `${events} events, cut ${cuts} times`, unit: `× the run in one piece (${uncut.toFixed(0)} ms)`, measured: cut / uncut, bar: 1.3 },
    { what: `${events} events, cut ${cuts} times`, unit: 'requests a cut', measured: (requests - 1) / cuts, bar: 1 },
  ]
}

/** The same state, whenever it was and whatever key the submit had. */
const withoutClocks = (name: string, value: unknown): unknown =>
  (['key', 'before', 'createdAt', 'clockSkewMs', 'askedAt'] satisfies (keyof TaskState | 'before' | 'askedAt')[] as string[]).includes(name) ? undefined : value

function createKeptStream(frames: readonly string[], parts: number): { readonly fetch: typeof globalThis.fetch; readonly requests: () => number } {
  const length = Math.ceil(frames.length / parts)
  let requests = 0
  return {
    requests: () => requests,
    fetch: (input, init) => {
      const url = input as string
      if (url.endsWith('/nodes')) return Promise.resolve(Response.json([]))
      requests += 1
      const last = new Headers(init?.headers).get('last-event-id')
      const first = last === null ? 0 : Number(last) + 1
      let at = first
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await new Promise((resolve) => setTimeout(resolve))
          const end = Math.min(at + 500, first + length, frames.length)
          controller.enqueue(encoder.encode(frames.slice(at, end).map((frame, index) => `id: ${at + index}\n${frame}`).join('')))
          at = end
          if (at >= frames.length) controller.close()
          else if (at >= first + length) controller.error(new TypeError('network error'))
        },
      }, { highWaterMark: 0 })
      return Promise.resolve(new Response(body, { headers: { 'content-type': 'text/event-stream', 'x-workflow-replay': '1' } }))
    },
  }
}

function writeRun(): string[] {
  const wire = createWire()
  const frames = [wire.created()]
  for (let at = 1; at < events - 1; at += 1) {
    const round = String(Math.floor(at / 25))
    const node = nodeId(Number(round) % 50)
    frames.push(at % 25 === 3 ? wire.request(round, node) : at % 25 === 11 ? wire.result(round, node) : wire.chunk('some words '))
  }
  return [...frames, wire.finished('Done.')]
}
