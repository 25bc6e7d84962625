import type { SimulatorClock } from './clock.ts'
import type { Fault, StreamFault } from './faults.ts'
import type { ListeningSimulator, ListenOptions } from './listen.ts'
import type { NodeListener } from './nodeListener.ts'
import type { LoggedRequest } from './requestLog.ts'
import type { Scenario } from './scenario.ts'
import type { SimulatedWorkflow } from './service.ts'
import type { WireTask } from './wire.ts'

export interface WorkflowSimulatorOptions {
  /** The workflows to serve. @defaultValue the built-in scenarios */
  readonly scenarios?: readonly Scenario[]
  /** The key that `x-api-key` has to hold. @defaultValue none is asked for */
  readonly apiKey?: string
  /** The same seed and clock give the same bytes. @defaultValue 1 */
  readonly seed?: string | number
  /** @defaultValue real time; `manualClock()` for tests */
  readonly clock?: SimulatorClock
  /** How fast the delays of a scenario pass: 2 is twice as fast as written, 0 is all at once. @defaultValue 1 */
  readonly speed?: number
}

/** A stand-in for the service: it behaves like the documented API, in memory or over HTTP. */
export interface WorkflowSimulator {
  /** Plugs in wherever a `fetch` goes. */
  readonly fetch: typeof globalThis.fetch
  /** For `http.createServer(simulator.listener)`, or as middleware of a dev server. */
  readonly listener: NodeListener
  /** Serves real HTTP, in Node. */
  listen(options?: ListenOptions): Promise<ListeningSimulator>
  readonly workflows: readonly SimulatedWorkflow[]
  /** What was asked so far, the latest thousand; keys and tokens read `[redacted]`. */
  readonly requests: readonly LoggedRequest[]
  /** Copies of all task records, child tasks included. */
  readonly tasks: readonly WireTask[]
  /** Lets something go wrong for the next request that fits; answers what takes it back. */
  fault(fault: Fault): () => void
  /** Those that still wait for a request. */
  readonly faults: readonly Fault[]
  clearFaults(): void
  /** Lets something go wrong with every stream that is open, at once; answers how many there were. The runs go on. */
  strike(fault: StreamFault): number
  /** Lets a task go on that waits for a sign-in or an approval; says whether one waited. */
  release(taskId: string): boolean
  /** The approver says yes. The same as `release`. */
  approve(taskId: string): boolean
  /** The approver says no, or the user does not sign in. */
  reject(taskId: string): boolean
  /** The end: no run goes on and no timer is left; streams that are open stay silent. */
  close(): void
}
