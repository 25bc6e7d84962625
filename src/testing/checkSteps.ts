import { allNodes, type ScenarioNode } from './canvas.ts'
import type { Step, StepList } from './steps.ts'

/** Throws when a step names a node that the scenario does not have. Steps chosen by a function are checked when they play. */
export function checkSteps(scenario: { readonly id: string; readonly nodes: readonly ScenarioNode[] }, steps: StepList): void {
  const known = new Set(allNodes(scenario.nodes).map((node) => node.id))
  for (const step of steps) {
    if (typeof step === 'function') continue
    checkStep(step, scenario.id, known)
    for (const inner of innerSteps(step)) if (typeof inner !== 'function') checkSteps(scenario, inner)
  }
}

function checkStep(step: Step, scenarioId: string, known: ReadonlySet<string>): void {
  if (!('node' in step) || step.node === null || known.has(step.node)) return
  const names = [...known].join("', '")
  throw new TypeError(`scenario '${scenarioId}': ${step.kind} names the node '${step.node}', which it does not have. Its nodes: '${names}'.`)
}

function innerSteps(step: Step): readonly StepList[] {
  switch (step.kind) {
    case 'toolCall':
      return step.during ? [step.during] : []
    case 'parallel':
      return step.branches
    case 'subAgent':
      return typeof step.run === 'function' ? [] : [step.run]
    case 'waitForApproval':
      return step.rejected ? [step.rejected] : []
    default:
      return []
  }
}
