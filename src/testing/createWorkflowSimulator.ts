import { refusal, type ServiceRequest } from './answer.ts'
import { checkStreamFault } from './checkFault.ts'
import { checkScenario } from './checkScenario.ts'
import { systemClock } from './clock.ts'
import type { SimulatorClock } from './clock.ts'
import { answerControl } from './controlRoutes.ts'
import { createFaultQueue } from './faultQueue.ts'
import type { Decision } from './fibers.ts'
import { handleRequest } from './handleRequest.ts'
import { listen } from './listen.ts'
import { createNodeListener } from './nodeListener.ts'
import { createRequestLog } from './requestLog.ts'
import { builtInScenarios } from './scenarios/builtInScenarios.ts'
import { createService } from './service.ts'
import { createSimulatorFetch } from './simulatorFetch.ts'
import type { WorkflowSimulator, WorkflowSimulatorOptions } from './workflowSimulator.ts'
import { createWorld } from './world.ts'

/**
 * Starts a simulated service.
 *
 * @example
 * const simulator = createWorkflowSimulator({ speed: 0 })
 * const client = createWorkflowClient({ fetch: simulator.fetch })
 */
export function createWorkflowSimulator(options: WorkflowSimulatorOptions = {}): WorkflowSimulator {
  const { scenarios = builtInScenarios, apiKey, seed = 1, clock = systemClock, speed = 1 } = options
  checkOptions({ scenarios, apiKey, clock, speed })
  const world = createWorld(clock, seed, speed)
  const faults = createFaultQueue()
  const service = createService(world, scenarios, faults, apiKey)
  const log = createRequestLog()
  const handle = (request: ServiceRequest) => handleRequest(service, log, request)

  const decide = (taskId: string, decision: Decision): boolean => {
    const task = service.tasks.get(taskId)
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
      return [...service.tasks.values()].map((task) => structuredClone(task.record))
    },
    fault: (fault) => faults.add(fault),
    get faults() {
      return faults.waiting
    },
    clearFaults: () => { faults.clear() },
    strike(fault) {
      checkStreamFault(fault)
      return [...service.streams].filter((stream) => stream.strike(fault)).length
    },
    release: (taskId) => decide(taskId, 'approved'),
    approve: (taskId) => decide(taskId, 'approved'),
    reject: (taskId) => decide(taskId, 'rejected'),
    close: () => { world.close() },
  }
  return simulator
}

function checkOptions({ scenarios, apiKey, clock, speed }: { readonly [Option in keyof WorkflowSimulatorOptions]: unknown }): void {
  if (typeof speed !== 'number' || !(speed >= 0)) throw new RangeError(`createWorkflowSimulator needs a speed from 0 (all at once) up, not ${String(speed)}.`)
  const refuse = (complaint: string): never => { throw new TypeError(`createWorkflowSimulator needs ${complaint}.`) }
  if (!Array.isArray(scenarios) || scenarios.length === 0) return refuse('at least one scenario in a list')
  if (apiKey !== undefined && typeof apiKey !== 'string') refuse('apiKey to be a string')
  const methods = clock as { readonly [Method in keyof SimulatorClock]?: unknown }
  if ([methods.now, methods.setTimeout, methods.clearTimeout].some((method) => typeof method !== 'function')) {
    refuse('a clock with now, setTimeout and clearTimeout, such as manualClock()')
  }
  for (const scenario of scenarios) checkScenario(scenario)
}
