import { createWorkflowClient, selectTask } from 'use-workflow-stream/core'

/** What a thousand runs left behind them; posted by a process of its own. */
export interface Leftovers {
  /** How the runs came out, and how many of each. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Timers, sockets and what else keeps a process from ending. */
  readonly resourcesBefore: readonly string[]
  readonly resources: readonly string[]
  /** Signals that were given to `fetch`, and those that something still refers to. */
  readonly signalsGiven: number
  readonly signals: number
  /** What Node warned of, such as many listeners on one signal. */
  readonly warnings: readonly string[]
  /** Listeners that were ever added to the page, and those that are still there. */
  readonly pageListenersAdded: number
  readonly pageListeners: number
  readonly heapRatio: number
}

const baseUrl = process.env.SERVICE
const signals: WeakRef<AbortSignal>[] = []
const warnings: string[] = []
let pageListeners = 0
let pageListenersAdded = 0

process.on('warning', ({ message }) => { warnings.push(message) })
// As a page or a worker has them, so that what is added there is seen.
Object.assign(globalThis, {
  addEventListener() {
    pageListeners += 1
    pageListenersAdded += 1
  },
  removeEventListener() { pageListeners -= 1 },
})

/** So many runs of one client, ten at a time, of which half break off; then two that are under way at the end. */
async function live(runs: number): Promise<Record<string, number>> {
  const client = createWorkflowClient({
    baseUrl, recover: { firstDelayMs: 1, maxDelayMs: 1, stallAfterMs: 60_000 },
    fetch(input, init) {
      if (init?.signal) signals.push(new WeakRef(init.signal))
      return fetch(input, init)
    },
  })
  const outcomes: Record<string, number> = {}
  const count = (outcome: string): void => { outcomes[outcome] = (outcomes[outcome] ?? 0) + 1 }
  let left = runs
  const runSome = async (): Promise<void> => {
    while (left > 0) {
      left -= 1
      const { cause, result } = await client.submit({ workflowId: left % 100 === 0 ? 'slow' : left % 2 === 0 ? 'whole' : 'cut', input: 'Hi' }).settled
      count(`${cause}: ${String(result)}`)
    }
  }
  await Promise.all(Array.from({ length: 10 }, runSome))

  const silent = client.submit({ workflowId: 'silent', input: 'Hi' })
  const paused = client.submit({ workflowId: 'paused', input: 'Hi' })
  const connectionOf = (key: string): string | undefined => selectTask(client.store.getState(), key)?.connection
  await new Promise<void>((resolve) => {
    client.store.subscribe(() => {
      if (connectionOf(silent.key) === 'open' && connectionOf(paused.key) === 'polling') resolve()
    })
  })
  client.destroy()
  for (const { settled } of [silent, paused]) count((await settled).cause)
  return outcomes
}

/** Bytes of the heap that something still refers to. */
async function heapBytes(): Promise<number> {
  for (let round = 0; round < 3; round += 1) {
    globalThis.gc?.()
    // What a closed stream held is let go a turn later.
    await new Promise((resolve) => setImmediate(resolve))
  }
  return process.memoryUsage().heapUsed
}

/** Lets go of what waits for its turn only: a socket that was closed, the end of a stream. */
async function settle(): Promise<void> {
  do await new Promise((resolve) => setImmediate(resolve))
  while (process.getActiveResourcesInfo().includes('TCPSocketWrap'))
}

await live(100)
await settle()
const resourcesBefore = process.getActiveResourcesInfo()
const heapBefore = await heapBytes()
signals.length = 0
const outcomes = await live(1000)
await settle()
const resources = process.getActiveResourcesInfo()
const heapRatio = await heapBytes() / heapBefore
console.log(JSON.stringify({
  outcomes, resourcesBefore, resources, signalsGiven: signals.length, signals: signals.filter((signal) => signal.deref()).length,
  warnings, pageListenersAdded, pageListeners, heapRatio,
} satisfies Leftovers))
