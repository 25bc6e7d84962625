import type { ScenarioNode } from './canvas.ts'
import { checkScenario } from './checkScenario.ts'
import type { FromTurn, StepList } from './steps.ts'

/** A workflow that the simulator serves, and what one run of it does. */
export interface Scenario {
  /** A name for people and tests: `report-pipeline`. */
  readonly id: string
  readonly name: string
  readonly description: string
  readonly nodes: readonly ScenarioNode[]
  /** What happens in a turn: steps, or a function that chooses them by the turn's input. */
  readonly run: FromTurn<StepList>
  /** An input that makes sense for it, to prefill a form with. */
  readonly sampleInput?: string
  /** The id to invoke it by. @defaultValue an id made from `id`, the same in every simulator */
  readonly workflowId?: string
  /** `legacy` speaks the protocol of November 2025: `task_started`, `content_chunk`, `task_completed`. @defaultValue 'current' */
  readonly protocol?: 'current' | 'legacy'
  /** Output format of the workflow where the request sets none. @defaultValue 'text' */
  readonly outputFormat?: 'text' | 'markdown' | 'json'
  readonly outputSchema?: Readonly<Record<string, unknown>>
  /** `/nodes` lists what stands inside a `parallel` node too; nobody documents whether the service does. @defaultValue true */
  readonly listsNestedNodes?: boolean
}

/**
 * Describes a workflow and its runs as data, checked at once: a step that names a node which does not exist throws here.
 *
 * @example
 * const greeting = scenario({
 *   id: 'greeting',
 *   name: 'Greeting',
 *   description: 'Looks a customer up and greets them.',
 *   nodes: [
 *     { id: 'lookup', type: 'action', name: 'Look up', next: ['greet'] },
 *     { id: 'greet', type: 'summarizer', name: 'Greet' },
 *   ],
 *   run: [
 *     toolCall('lookup', { output: { name: 'Ada' }, ms: 400 }),
 *     text('Hello, Ada!'),
 *     finish(),
 *   ],
 * })
 */
export function scenario(definition: Scenario): Scenario {
  checkScenario(definition)
  return definition
}
