/** What the drawer can do to the server; the page calls them by these names. */
export type FaultName =
  | 'cutNow'
  | 'cutLater'
  | 'stall'
  | 'offline'
  | 'outage'
  | 'down'
  | 'duplicate'
  | 'malformed'
  | 'expireKey'
  | 'tooManySubmits'
  | 'tooManyReads'
  | 'refuseStop'
  | 'ignoreStop'

/** What the page asks the server for. */
export interface FaultRequest {
  readonly fault: FaultName
  readonly isOn: boolean
  /** Of `cutLater`. */
  readonly afterFrames?: number
}

/** How things stand at the server. */
export interface FaultState {
  /** What is in force, or waits for the request that it is for. */
  readonly active: readonly FaultName[]
  /** While the server is down for a time: what is left of it. */
  readonly backInMs: number | null
}

export const noFaults: FaultState = { active: [], backInMs: null }

const address = '/api/demo/faults'

/** Asks how things stand. */
export const fetchFaults = (): Promise<FaultState> => ask({ method: 'GET' })

/** Lets something go wrong, or takes it back. `keepalive`: the answer does not matter, the page is about to go. */
export const setFault = (request: FaultRequest, keepalive = false): Promise<FaultState> =>
  ask({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(request), keepalive })

/** Takes everything back. */
export const clearFaults = (): Promise<FaultState> => ask({ method: 'DELETE' })

async function ask(init: RequestInit): Promise<FaultState> {
  const response = await fetch(address, init)
  if (!response.ok) throw new Error(`The dev server answered with status ${response.status}`)
  return (await response.json()) as FaultState
}
