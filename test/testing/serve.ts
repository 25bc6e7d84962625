import { onTestFinished } from 'vitest'
import { createWorkflowSimulator, type WorkflowSimulator, type WorkflowSimulatorOptions } from '../../src/testing.ts'
import { post } from './readStream.ts'

export interface Served {
  readonly simulator: WorkflowSimulator
  readonly url: string
  /** Asks over HTTP, with a path from `/v1/` on. */
  get(path: string, init?: RequestInit): Promise<Response>
  /** Path of a scenario's workflow: `/v1/workflows/{id}`. */
  workflowPath(scenario: string): string
  /** Posts an input to a scenario's stream. */
  stream(scenario: string, text: string, body?: object): Promise<Response>
}

/** A simulator behind real HTTP until the test is over; it plays at once unless told otherwise. */
export async function serve(options: WorkflowSimulatorOptions = {}): Promise<Served> {
  const simulator = createWorkflowSimulator({ speed: 0, ...options })
  const listening = await simulator.listen()
  onTestFinished(async () => {
    simulator.close()
    await listening.close()
  })
  const workflowPath = (scenario: string): string => workflowPathOf(simulator, scenario)
  const get = (path: string, init?: RequestInit): Promise<Response> => fetch(listening.url + path, init)
  return {
    simulator,
    url: listening.url,
    get,
    workflowPath,
    stream: (scenario, text, body) => get(`${workflowPath(scenario)}/invoke/stream`, post({ input: { text }, ...body })),
  }
}

/** Path of a scenario's workflow: `/v1/workflows/{id}`. */
export function workflowPathOf(simulator: WorkflowSimulator, scenario: string): string {
  const workflow = simulator.workflows.find((candidate) => candidate.scenario === scenario)
  if (!workflow) throw new Error(`no workflow plays ${scenario}`)
  return `/v1/workflows/${workflow.id}`
}

/** Posts an input to a scenario's stream in memory. */
export const streamInMemory = (simulator: WorkflowSimulator, scenario: string, text = 'Hi', body?: object): Promise<Response> =>
  simulator.fetch(`${workflowPathOf(simulator, scenario)}/invoke/stream`, post({ input: { text }, ...body }))
