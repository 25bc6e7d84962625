import type { FaultQueue } from './faultQueue.ts'
import type { FaultyBody } from './faultyBody.ts'
import { playTurn } from './play.ts'
import { seededRandom } from './random.ts'
import { Run } from './run.ts'
import type { Scenario } from './scenario.ts'
import { SimulatedTask } from './simulatedTask.ts'
import { beginNextTurn, createTaskRecord, type InvokeBody } from './taskRecord.ts'
import type { World } from './world.ts'

/** A workflow that can be invoked. */
export interface SimulatedWorkflow {
  readonly id: string
  readonly name: string
  readonly description: string
  /** Id of its scenario. */
  readonly scenario: string
  /** An input that makes sense for it. */
  readonly sampleInput: string
}

/** The service behind the routes: its workflows, its tasks, and what may be done with them. */
export interface Service {
  readonly world: World
  readonly apiKey: string | undefined
  readonly workflows: readonly SimulatedWorkflow[]
  readonly faults: FaultQueue
  /** Those of runs that go on. */
  readonly streams: Set<FaultyBody>
  /** Every task, child tasks too, by id. */
  readonly tasks: Map<string, SimulatedTask>
  scenarioOf(workflowId: string): Scenario | undefined
  /** A run about to start, or `undefined` when there is no such task to continue. */
  prepareTurn(workflowId: string, body: InvokeBody, version: string): Run | undefined
  start(run: Run): void
}

/** The version that runs when a request names none. */
export const latestVersion = '3'

/** Makes the service for these scenarios. */
export function createService(world: World, scenarios: readonly Scenario[], faults: FaultQueue, apiKey: string | undefined): Service {
  const byWorkflow = new Map<string, Scenario>()
  for (const scenario of scenarios) {
    const id = scenario.workflowId ?? seededRandom(`workflow/${scenario.id}`).uuid()
    if (byWorkflow.has(id)) throw new TypeError(`createWorkflowSimulator got two scenarios for the workflow '${id}' ('${scenario.id}'): ids have to differ.`)
    byWorkflow.set(id, scenario)
  }
  const tasks = new Map<string, SimulatedTask>()
  let startedTasks = 0

  const createTask = (workflowId: string, scenario: Scenario, body: InvokeBody, version: string): SimulatedTask => {
    startedTasks += 1
    const random = world.random.fork(`task ${startedTasks}`)
    const record = createTaskRecord(world, random.uuid(), workflowId, body, scenario, version)
    const task = new SimulatedTask(record, random)
    tasks.set(record.id, task)
    return task
  }

  const continueTask = (task: SimulatedTask, scenario: Scenario, body: InvokeBody, version: string): void => {
    // One turn at a time: a new one cancels what still runs.
    task.run?.stop()
    task.run?.flushEnd()
    task.keepTurn()
    beginNextTurn(task.record, world, body, scenario, version)
    task.addMessage('user', task.record.input.text)
  }

  return {
    world,
    apiKey,
    faults,
    streams: new Set(),
    tasks,
    workflows: [...byWorkflow].map(([id, { name, description, id: scenario, sampleInput }]) => ({ id, name, description, scenario, sampleInput: sampleInput ?? 'Hello' })),
    scenarioOf: (workflowId) => byWorkflow.get(workflowId),
    prepareTurn(workflowId, body, version) {
      const scenario = byWorkflow.get(workflowId)
      if (!scenario) return undefined
      const known = typeof body.id === 'string' ? tasks.get(body.id) : undefined
      if (typeof body.id === 'string' && known?.record.agent_id !== workflowId) return undefined
      const task = known ?? createTask(workflowId, scenario, body, version)
      if (known) continueTask(known, scenario, body, version)
      const run = new Run(world, tasks, task, scenario)
      task.run = run
      return run
    },
    start(run) {
      run.fibers.spawn(playTurn(run, run.scenario.run))
    },
  }
}
