import { createWorkflowClient, fetchEventSourceTransport, isSettled, selectTask } from '../../../src/core.ts'
import type { WorkflowClient } from '../../../src/core.ts'
import { seededRandom } from '../../../src/testing/random.ts'
import type { SeededRandom } from '../../../src/testing/random.ts'
import { everyKind, taskId } from '../../recordings/everyKind.ts'
import { inPieces, malformedFrame } from './malformedFrames.ts'

export interface Malformed {
  readonly seed: number
  /** So many frames in all. */
  readonly frames: number
  /** So many in one stream. */
  readonly framesEach: number
  readonly onStream?: ((sent: number) => void) | undefined
}

export interface MalformedOutcome {
  readonly frames: number
  readonly streams: number
  readonly bytes: number
  /** Runs that a frame itself ended; the others ended by the read. */
  readonly endedByFrames: number
  /** What went wrong, each with the number of its stream. */
  readonly faults: readonly string[]
}

/** A run that has not ended by then hangs. */
const HANG_MS = 20_000
const STREAMS_EACH_CLIENT = 25

/** Lets real clients read streams of malformed frames, each of which breaks at its end; what the task came to is then read. */
export async function sendMalformed({ seed, frames, framesEach, onStream }: Malformed): Promise<MalformedOutcome> {
  const random = seededRandom(seed)
  const faults: string[] = []
  const outcome = { frames: 0, streams: 0, bytes: 0, endedByFrames: 0, faults }
  const onFault = (error: unknown): void => { faults.push(`stream ${outcome.streams}: ${error instanceof Error ? error.stack ?? error.message : String(error)}`) }
  process.on('unhandledRejection', onFault)
  process.on('uncaughtException', onFault)
  let client: WorkflowClient | undefined
  try {
    while (outcome.frames < frames) {
      if (outcome.streams % STREAMS_EACH_CLIENT === 0) {
        client?.destroy()
        client = undefined
      }
      const rootId = `root-${outcome.streams}`
      const service = createService(random.fork(rootId), rootId, Math.min(framesEach, frames - outcome.frames), (bytes) => {
        outcome.frames += 1
        outcome.bytes += bytes
      })
      fetchOf.current = service.fetch
      client ??= createWorkflowClient({
        baseUrl: 'https://service.test', transport: fetchEventSourceTransport, fetch: (...input) => fetchOf.current(...input),
        graph: false, maxTasks: 10, maxEvents: 100, throttle: random.integer(2) === 0 ? 'frame' : false, recover: { firstDelayMs: 0, maxDelayMs: 20 },
      })
      const { key, settled } = client.submit({ workflowId: 'flow', input: 'Triage ticket 812' })
      const release = client.retain(key)
      const turn = await within(HANG_MS, settled)
      const task = selectTask(client.store.getState(), key)
      if (turn === undefined) onFault(`hangs, ${task?.status} and ${task?.connection}`)
      // A frame that says so begins a turn of the service's own, and then that one has to end.
      else if (!isSettled(task?.status ?? 'idle') || (task?.key === key && turn.cause !== 'finished' && turn.cause !== 'stopped')) {
        onFault(`ends as ${turn.cause} with ${turn.status}, ${turn.error?.message}; the task is ${task?.status} and ${task?.connection}`)
      }
      if (service.posts() !== 1) onFault(`${service.posts()} POSTs`)
      if (service.reads() === 0) outcome.endedByFrames += 1
      JSON.stringify(client.store.getState())
      if (Object.keys(Object.prototype).length > 0) onFault('a prototype was written to')
      release()
      outcome.streams += 1
      onStream?.(outcome.frames)
      if (turn === undefined) {
        client.destroy()
        client = undefined
      }
    }
  } catch (error) {
    onFault(error)
  } finally {
    client?.destroy()
    // What is thrown late is heard too.
    await new Promise((resolve) => { setTimeout(resolve) })
    process.off('unhandledRejection', onFault)
    process.off('uncaughtException', onFault)
  }
  return outcome
}

/** A client lives longer than the service of one stream. */
const fetchOf: { current: typeof globalThis.fetch } = { current: () => Promise.reject(new Error('no service')) }

/** Its value, or none when that takes too long. */
function within<Value>(ms: number, value: Promise<Value>): Promise<Value | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms, undefined)
    void value.then((known) => {
      clearTimeout(timer)
      resolve(known)
    })
  })
}

function createService(random: SeededRandom, rootId: string, count: number, onFrame: (bytes: number) => void) {
  const encoder = new TextEncoder()
  let posts = 0
  let reads = 0
  const isReset = random.integer(2) === 0

  function* pieces(): Generator<Uint8Array> {
    const [, created] = everyKind
    yield encoder.encode(`data: ${JSON.stringify(created).replaceAll(taskId, rootId)}\n\n`)
    for (let sent = 0; sent < count; sent += 1) {
      const bytes = malformedFrame(random, rootId)
      onFrame(bytes.length)
      yield* inPieces(random, bytes)
    }
  }
  const stream = (): Response => {
    const bytes = pieces()
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const { value, done } = bytes.next()
        if (!done) controller.enqueue(value)
        else if (isReset) controller.error(new TypeError('terminated'))
        else controller.close()
      },
    })
    return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  }
  // Later than whatever a frame said.
  const record = {
    id: rootId, agent_id: 'flow', status: 'completed', input: { text: 'Triage ticket 812' }, result: 'Routed to billing.', finished_at: '9999-12-31T23:59:59Z',
  }
  const fetch: typeof globalThis.fetch = async (input) => {
    if ((input as string).includes('/invoke/')) {
      posts += 1
      return stream()
    }
    if ((input as string).endsWith('/thread')) return new Response(malformedFrame(random, rootId), { headers: { 'content-type': 'application/json' } })
    reads += 1
    // The first answers may be no better than the stream was.
    if (reads < 3 && random.integer(2) === 0) return new Response(malformedFrame(random, rootId))
    return Response.json(record)
  }
  return { fetch, posts: () => posts, reads: () => reads }
}
