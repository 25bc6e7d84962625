import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Fault, WorkflowSimulator } from 'use-workflow-stream/testing'
import type { Connect } from 'vite'
import type { FaultName, FaultRequest, FaultState } from '../faults/faultState.ts'

export interface DemoFaultsOptions {
  /** For how long the server is down. */
  readonly outageMs: number
  /** For how long a stream is silent. */
  readonly stallMs: number
  readonly key: DemoKey
}

/** The key that the page has to send, which can expire. */
export interface DemoKey {
  /** The newest has been issued and not used yet. */
  readonly isFresh: () => boolean
  readonly expire: () => void
}

/** What the drawer of the page does to the simulator. */
export interface DemoFaults {
  /** `GET` how things stand, `POST` a fault, `DELETE` all of them. */
  readonly handle: Connect.NextHandleFunction
  readonly close: () => void
}

/** Faults that wait for the request that they are for. */
type WaitingName = Exclude<FaultName, 'cutNow' | 'stall' | 'expireKey'>

const unreachable: Fault = { kind: 'noAnswer', on: 'any', times: Infinity }

const faultsOf: Readonly<Record<WaitingName, (request: FaultRequest) => Fault>> = {
  cutLater: ({ afterFrames = 12 }) => ({ kind: 'cut', afterFrames }),
  offline: () => unreachable,
  outage: () => unreachable,
  down: () => unreachable,
  duplicate: () => ({ kind: 'duplicate' }),
  malformed: () => ({ kind: 'malformed', afterFrames: 3 }),
  tooManySubmits: () => ({ kind: 'status', status: 429, retryAfter: 7 }),
  tooManyReads: () => ({ kind: 'status', status: 429, retryAfter: 7, on: 'task' }),
  refuseStop: () => ({ kind: 'refuseStop', status: 403 }),
  ignoreStop: () => ({ kind: 'ignoreStop' }),
}

/** With these, streams that are open break as well. */
const breaksStreams: ReadonlySet<FaultName> = new Set(['cutNow', 'offline', 'outage', 'down', 'tooManyReads'])

/** Steers a simulator by the names of the drawer. */
export function createDemoFaults(simulator: WorkflowSimulator, { outageMs, stallMs, key }: DemoFaultsOptions): DemoFaults {
  const waiting = new Map<FaultName, { readonly fault: Fault; readonly takeBack: () => void }>()
  let outage: { readonly endsAt: number; readonly timer: ReturnType<typeof setTimeout> } | undefined

  const takeBack = (name: FaultName): void => {
    waiting.get(name)?.takeBack()
    waiting.delete(name)
    if (name !== 'outage') return
    clearTimeout(outage?.timer)
    outage = undefined
  }
  const set = (request: FaultRequest): void => {
    const { fault: name, isOn } = request
    takeBack(name)
    if (!isOn) return
    if (isWaiting(name)) {
      // A copy of its own, by which it is found among those that still wait.
      const fault = { ...faultsOf[name](request) }
      waiting.set(name, { fault, takeBack: simulator.fault(fault) })
    }
    if (name === 'outage') outage = { endsAt: Date.now() + outageMs, timer: setTimeout(() => { takeBack('outage') }, outageMs) }
    if (name === 'expireKey') key.expire()
    if (name === 'stall') simulator.strike({ kind: 'stall', ms: stallMs })
    if (breaksStreams.has(name)) simulator.strike({ kind: 'cut' })
  }
  const clear = (): void => { for (const name of [...waiting.keys()]) takeBack(name) }
  const state = (): FaultState => ({
    active: [
      ...[...waiting].filter(([, { fault }]) => simulator.faults.includes(fault)).map(([name]) => name),
      ...(key.isFresh() ? ['expireKey' as const] : []),
    ],
    backInMs: outage === undefined ? null : outage.endsAt - Date.now(),
  })

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    if (request.method === 'DELETE') clear()
    if (request.method === 'POST') {
      const asked = await readRequest(request)
      if (asked === undefined) return sendJson(response, 400, { detail: 'Send a fault as JSON, such as { "fault": "cutNow", "isOn": true }' })
      set(asked)
    }
    sendJson(response, 200, state())
  }
  return {
    handle(request, response, next) { answer(request, response).catch(next) },
    close: clear,
  }
}

const isWaiting = (name: FaultName): name is WaitingName => Object.hasOwn(faultsOf, name)

/** A page of another site cannot send JSON without asking first, and nobody here says yes. */
async function readRequest(request: IncomingMessage): Promise<FaultRequest | undefined> {
  if (!request.headers['content-type']?.startsWith('application/json')) return undefined
  let text = ''
  for await (const part of request.setEncoding('utf8') as AsyncIterable<string>) text += part
  try {
    const asked = JSON.parse(text) as Partial<FaultRequest>
    return isFaultName(asked.fault) && typeof asked.isOn === 'boolean' ? (asked as FaultRequest) : undefined
  } catch {
    return undefined
  }
}

const isFaultName = (name: unknown): name is FaultName =>
  typeof name === 'string' && (Object.hasOwn(faultsOf, name) || ['cutNow', 'stall', 'expireKey'].includes(name))

function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify(value))
}
