import type { WorkflowGraph } from '../protocol/graph.ts'
import { keep } from './keep.ts'
import { own } from './own.ts'
import { canonicalId, graphNode, resolveNode } from './resolveNode.ts'
import type { NodeHints } from './resolveNode.ts'
import { keysOf } from './stepKeys.ts'
import type { Mutable, NodeId, Step, TaskState, TimelineNode, Turn, Wait } from './taskState.ts'

/** A step, a wait, or the moment at which the service said that the node had run. */
export type Sight = Step | Wait | number

/** Something that was seen, and the node that it is of. */
export interface Seen<What extends Sight = Sight> {
  what: What
  /** When it was first heard of. */
  at: number
  home: Home
  /** Tells sights of one moment apart: first what the service said, then waits, then steps as they came. */
  readonly order: number
  /** What it is found by now. */
  keys: readonly string[]
}

/** All that was seen of one node; the one without a name has what no node could be named for. */
export interface Home {
  readonly id: NodeId
  readonly seen: Seen[]
  /** Something in it may be out of order. */
  isMixed: boolean
  /** As it was drawn last. */
  node: TimelineNode | undefined
}

/** All that was seen in a turn, to be written in place. Nothing in it that the turn does not say. */
export interface Sights {
  /** In order of first sight. */
  readonly homes: Map<NodeId, Home>
  /** What has to be drawn anew. */
  readonly dirty: Set<Home>
  /** Steps by what they are found by. */
  readonly index: Map<string, Seen<Step>[]>
  /** Steps by the times of the frames that they were made of; only once a frame may be a copy. */
  times: Map<number, Seen<Step>[]> | undefined
  stepCount: number
}

/** The task whose sights are written. */
export interface Viewer {
  readonly task: Pick<Mutable<TaskState>, 'parentNodeId' | 'nodes' | 'waiting'>
  readonly known: Turn
  readonly graph: WorkflowGraph | undefined
  sights: Sights | undefined
}

/** The home of what no node could be named for. */
export const UNASSIGNED = ''

// They move along with the newest turn; from an older one they are made again.
const sightsOfTurns = new WeakMap<Turn, Sights>()

/** When something was first heard of. */
const startOf = (what: Sight): number => (typeof what === 'number' ? what : (what.startedAt ?? what.endedAt ?? 0))

export const isStep = (what: Sight): what is Step => typeof what === 'object' && 'kind' in what

/** The same of what was seen, without a look at it. */
export const isStepSeen = (seen: Seen): seen is Seen<Step> => !(seen.order < 0)

/** In order of time. */
export const inOrder = (one: Seen, other: Seen): number => one.at - other.at || one.order - other.order

/** What was seen in the turn so far. */
export function sightsOf(viewer: Viewer): Sights {
  return (viewer.sights ??= takeSights(viewer.known)) ?? readSights(viewer)
}

/** Lets what was seen be found again by the turn that it came to, also where nobody looked at it meanwhile. */
export function handOn({ known, sights = takeSights(known) }: Viewer, turn: Turn): void {
  if (sights) sightsOfTurns.set(turn, sights)
}

/** What is going to be written is no more what an older state says. */
function takeSights(turn: Turn): Sights | undefined {
  const sights = sightsOfTurns.get(turn)
  sightsOfTurns.delete(turn)
  return sights
}

/** Adds something that was seen of a node. */
export function add<What extends Sight>(viewer: Viewer, id: NodeId, what: What): Seen<What> {
  const sights = sightsOf(viewer)
  const home = homeOf(viewer, id)
  const seen = { what, at: startOf(what), home, order: isStep(what) ? Number(what.id) : typeof what === 'number' ? -2 : -1, keys: [] }
  const last = home.seen.at(-1)
  home.isMixed ||= !!last && inOrder(last, seen) > 0
  home.seen.push(seen)
  sights.dirty.add(home)
  if (isStepSeen(seen)) {
    sights.stepCount += 1
    enter(sights, seen)
  }
  return seen
}

/** Writes a step in the place of what it was. */
export function rewrite<Kind extends Step>(viewer: Viewer, seen: Seen<Kind>, step: Kind): void {
  const { index, dirty } = sightsOf(viewer)
  for (const key of seen.keys) {
    const list = index.get(key) ?? []
    if (list.length > 1) list.splice(list.lastIndexOf(seen), 1)
    else index.delete(key)
  }
  write(seen, step)
  enter(sightsOf(viewer), seen)
  dirty.add(seen.home)
}

/** Takes a step to another node, before everything is put where it belongs. */
export function move(viewer: Viewer, seen: Seen<Step>, id: NodeId): void {
  seen.home = homeOf(viewer, id)
  resettle(viewer)
}

/** Ends what is open of a node: its waits, and with the run its steps. */
export function endSights(viewer: Viewer, home: Home, endedAt: number, isOver: boolean): void {
  sightsOf(viewer).dirty.add(home)
  for (const seen of home.seen) {
    const { what } = seen
    if (typeof what === 'number' || what.endedAt !== null) continue
    if (!isStep(what)) write(seen, { ...what, endedAt })
    else if (isOver && what.status === 'running') write(seen, { ...what, status: 'unanswered', endedAt })
  }
}

/** The steps that have this key, in order of time. */
export function found(viewer: Viewer, key: string): readonly Seen<Step>[] {
  const list = sightsOf(viewer).index.get(key) ?? []
  return list.length > 1 ? list.sort(inOrder) : list
}

/** The steps that were made of a frame of that time. */
export function stepsAt(viewer: Viewer, time: number): readonly Seen<Step>[] {
  const sights = sightsOf(viewer)
  const times = (sights.times ??= new Map<number, Seen<Step>[]>())
  if (times.size === 0) {
    for (const { seen } of sights.homes.values()) for (const step of seen.filter(isStepSeen)) enterTimes(sights, step)
  }
  return times.get(time) ?? []
}

/** What is known of a node; one not seen before comes after what holds it. */
export function homeOf(viewer: Viewer, id: NodeId): Home {
  const { homes, dirty } = sightsOf(viewer)
  const known = homes.get(id)
  if (known) return known
  const parentId = graphNode(viewer.graph, id)?.parentId
  if (parentId !== undefined) homeOf(viewer, parentId)
  const home = { id, seen: [], isMixed: false, node: own(viewer.task.nodes, id) }
  homes.set(id, home)
  dirty.add(home)
  return home
}

/** The node that these hints lead to, else the one that the run belongs to, else none. */
export function nodeFor(viewer: Viewer, hints: NodeHints): NodeId {
  const { homes } = sightsOf(viewer)
  return resolveNode(hints, viewer.graph, (id) => homes.has(id)) ?? viewer.task.parentNodeId ?? UNASSIGNED
}

/**
 * The canvas arrived, or the node that the run belongs to: everything goes where it would have gone, had that been
 * known from the beginning. What was seen of a pointer goes to the node that it jumps to.
 */
export function resettle(viewer: Viewer): void {
  const { task, graph } = viewer
  if (task.waiting?.nodeId) task.waiting = keep(task.waiting, { ...task.waiting, nodeId: canonicalId(graph, task.waiting.nodeId) })
  const all = [...sightsOf(viewer).homes.values()].flatMap(({ seen }) => seen).sort(inOrder)
  clear(viewer)
  for (const { what, home } of all) add(viewer, home.id ? canonicalId(graph, home.id) : isStep(what) ? nodeFor(viewer, what) : UNASSIGNED, what)
}

function readSights(viewer: Viewer): Sights {
  const { timeline, unassigned } = viewer.known
  const sights = clear(viewer)
  for (const step of unassigned) add(viewer, UNASSIGNED, step)
  for (const { id, executions, waits, steps } of timeline) for (const what of [...executions, ...waits, ...steps]) add(viewer, id, what)
  sights.dirty.clear()
  return sights
}

function clear(viewer: Viewer): Sights {
  viewer.sights = { homes: new Map(), dirty: new Set(), index: new Map(), times: undefined, stepCount: 0 }
  homeOf(viewer, UNASSIGNED)
  return viewer.sights
}

function write<What extends Sight>(seen: Seen<What>, what: What): void {
  const at = startOf(what)
  seen.home.isMixed ||= at !== seen.at
  seen.what = what
  seen.at = at
}

function enter(sights: Sights, seen: Seen<Step>): void {
  seen.keys = keysOf(seen.what)
  for (const key of seen.keys) file(sights.index, key, seen)
  enterTimes(sights, seen)
}

function enterTimes({ times }: Sights, seen: Seen<Step>): void {
  for (const time of times ? [seen.what.startedAt, seen.what.endedAt] : []) if (times && time !== null) file(times, time, seen)
}

function file<Key>(map: Map<Key, Seen<Step>[]>, key: Key, seen: Seen<Step>): void {
  const list = map.get(key)
  if (list) list.push(seen)
  else map.set(key, [seen])
}
