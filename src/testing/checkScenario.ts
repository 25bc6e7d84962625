import { allNodes, type ScenarioNode } from './canvas.ts'
import { checkSteps } from './checkSteps.ts'

/** Throws when a scenario would not play as written. */
export function checkScenario(definition: unknown): void {
  if (typeof definition !== 'object' || definition === null) {
    throw new TypeError("scenario() takes an object such as { id: 'greeting', name: 'Greeting', description: '', nodes: [], run: [text('Hi')] }.")
  }
  const { id, name, nodes, run } = definition as Readonly<Partial<Record<'id' | 'name' | 'nodes' | 'run', unknown>>>
  if (typeof id !== 'string' || id === '') throw new TypeError("scenario() needs an id: scenario({ id: 'greeting', ... }).")
  if (typeof name !== 'string') throw new TypeError(`scenario '${id}' needs a name.`)
  if (!areNodes(nodes)) throw new TypeError(`scenario '${id}' needs nodes: a list of { id, type }, which may be empty.`)
  checkCanvas(id, allNodes(nodes))
  if (typeof run !== 'function') checkSteps({ id, nodes }, run)
}

const areNodes = (value: unknown): value is readonly ScenarioNode[] =>
  Array.isArray(value) && value.every((node: Partial<ScenarioNode> | undefined) =>
    typeof node?.id === 'string' && typeof node.type === 'string' && (node.nodes === undefined || areNodes(node.nodes)))

function checkCanvas(id: string, nodes: readonly ScenarioNode[]): void {
  const known = new Set<string>()
  for (const node of nodes) {
    if (known.has(node.id)) throw new TypeError(`scenario '${id}' has two nodes with the id '${node.id}'.`)
    known.add(node.id)
  }
  for (const node of nodes) {
    for (const next of node.next ?? []) {
      if (!known.has(next)) throw new TypeError(`scenario '${id}': node '${node.id}' leads to '${next}', which is not among its nodes.`)
    }
  }
}
