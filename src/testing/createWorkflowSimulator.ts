import { refusal, type ServiceRequest } from './answer.ts'
import { systemClock, type SimulatorClock } from './clock.ts'
import { answerControl } from './controlRoutes.ts'
import { createFaultQueue, type Fault } from './faults.ts'
import type { Decision } from './fibers.ts'
import { handleRequest } from './handleRequest.ts'
import { listen, type ListeningSimulator, type ListenOptions } from './listen.ts'
import { createNodeListener, type NodeListener } from './nodeListener.ts'
import { createRequestLog, type LoggedRequest } from './requestLog.ts'
import type { Scenario } from './scenario.ts'
import { builtInScenarios } from './scenarios/builtInScenarios.ts'
import { createService, type SimulatedWorkflow } from './service.ts'
import { createSimulatorFetch } from './simulatorFetch.ts'
import type { WireTask } from './wire.ts'
import { createWorld } from './world.ts'

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
  clearFaults(): void
  /** Lets a task go on that waits for a sign-in or an approval; says whether one waited. */
  release(taskId: string): boolean
  /** The approver says yes. The same as `release`. */
  approve(taskId: string): boolean
  /** The approver says no, or the user does not sign in. */
  reject(taskId: string): boolean
  /** Ends everything: no run goes on, no timer is left. */
  close(): void
}

/**
 * Starts a simulated service.
 *
 * @example
 * const simulator = createWorkflowSimulator({ speed: 0 })
 * const client = createWorkflowClient({ fetch: simulator.fetch })
 */
export function createWorkflowSimulator(options: WorkflowSimulatorOptions = {}): WorkflowSimulator {
  const { scenarios = builtInScenarios, apiKey, seed = 1, clock = systemClock, speed = 1 } = options
  if (!(speed >= 0)) throw new RangeError(`createWorkflowSimulator needs a speed from 0 (all at once) up, not ${String(speed)}.`)
  if (scenarios.length === 0) throw new TypeError('createWorkflowSimulator needs at least one scenario.')
  const world = createWorld(clock, seed, speed)
  const faults = createFaultQueue()
  const service = createService(world, scenarios, faults, apiKey)
  const log = createRequestLog()
  const handle = (request: ServiceRequest) => handleRequest(service, log, request)

  const decide = (taskId: string, decision: Decision): boolean => {
    const task = world.tasks.get(taskId)
    if (!task) throw new Error(`The simulator has no task '${taskId}'.`)
    return task.run?.release(decision) ?? false
  }

  const simulator: WorkflowSimulator = {
    fetch: createSimulatorFetch(handle),
    listener: createNodeListener({
      handle,
      control: (action, request) => answerControl(simulator, action, request),
      refuseControl: () => refusal(403, 'The routes under /simulator/ are for this machine only'),
    }),
    listen: (listenOptions = {}) => listen(simulator.listener, listenOptions),
    workflows: service.workflows,
    requests: log.entries,
    get tasks() {
      return [...world.tasks.values()].map((task) => structuredClone(task.record))
    },
    fault: (fault) => faults.add(fault),
    clearFaults: () => { faults.clear() },
    release: (taskId) => decide(taskId, 'approved'),
    approve: (taskId) => decide(taskId, 'approved'),
    reject: (taskId) => decide(taskId, 'rejected'),
    close: () => { world.close() },
  }
  return simulator
}
