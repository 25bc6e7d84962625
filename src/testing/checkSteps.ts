import { allNodes, type ScenarioNode } from './canvas.ts'
import type { Step, StepList } from './steps.ts'

/** Throws when steps would not play, or name a node that the scenario does not have. Steps chosen by a function are checked when they play. */
export function checkSteps(scenario: { readonly id: string; readonly nodes: readonly ScenarioNode[] }, steps: unknown): asserts steps is StepList {
  if (!Array.isArray(steps)) {
    throw new TypeError(`scenario '${scenario.id}': steps come as a list, such as [text('Hi'), finish()], not ${isStep(steps) ? `a single step of kind '${steps.kind}'` : String(steps)}.`)
  }
  const known = new Set(allNodes(scenario.nodes).map((node) => node.id))
  for (const step of steps as readonly unknown[]) {
    if (typeof step === 'function') continue
    if (!isStep(step)) {
      throw new TypeError(`scenario '${scenario.id}': a step is made by a builder such as text() or toolCall(), or is a function, not ${JSON.stringify(step)}.`)
    }
    checkNode(step, scenario.id, known)
    for (const inner of innerSteps(step)) if (typeof inner !== 'function') checkSteps(scenario, inner)
  }
}

const isStep = (value: unknown): value is Step =>
  typeof value === 'object' && value !== null && 'kind' in value && kinds.has(value.kind as Step['kind'])

const kinds: ReadonlySet<Step['kind']> = new Set([
  'toolCall', 'think', 'analyze', 'text', 'parallel', 'subAgent', 'plan', 'signIn', 'waitForApproval', 'executed', 'update', 'wait', 'event', 'fail', 'finish',
])

function checkNode(step: Step, scenarioId: string, known: ReadonlySet<string>): void {
  if (!('node' in step) || step.node === null || known.has(step.node)) return
  const names = [...known].join("', '")
  throw new TypeError(`scenario '${scenarioId}': ${step.kind} names the node '${step.node}', which it does not have. Its nodes: '${names}'.`)
}

function innerSteps(step: Step): readonly unknown[] {
  switch (step.kind) {
    case 'toolCall':
      return step.during ? [step.during] : []
    case 'parallel':
      return step.branches
    case 'subAgent':
      return [step.run]
    case 'waitForApproval':
      return step.rejected ? [step.rejected] : []
    default:
      return []
  }
}
