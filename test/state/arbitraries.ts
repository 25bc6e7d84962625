import fc from 'fast-check'
import { decodeTask } from '../../src/protocol/task.ts'
import type { Fact } from '../../src/state/fact.ts'
import {
  CHILD, ROOT, WORKFLOW, authEvent, chunk, executed, failure, frame, graphRead, ms, ofChild, paused, planUpdated, subAgentTrigger, submitted, taskCreated,
  taskFinished, taskUpdated, think, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { Frame, FrameFields, Item } from './frames.ts'

/** Ids and keys: ordinary ones, and those that every object answers to. */
export const ids = fc.constantFrom('a', 'b', 'c', 'd', '__proto__', 'constructor', 'hasOwnProperty', 'toString')
const few = fc.constantFrom('a', 'b', '__proto__')
const maybe = <Value>(value: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> => fc.option(value, { nil: undefined, freq: 2 })

const call = fc.record({ call: maybe(ids), request: maybe(few), operation: maybe(few), tool: maybe(few), node: maybe(ids), input: fc.nat(3) })
const answer = fc.record({ output: fc.nat(3), isError: fc.boolean() })

type Make = (fields: FrameFields) => Frame

/** What a run or a child run tells. */
const event: fc.Arbitrary<Make> = fc.oneof(
  { weight: 6, arbitrary: call.map((fields): Make => (at) => toolCallRequest({ ...fields, ...at })) },
  { weight: 6, arbitrary: fc.tuple(call, answer).map(([fields, told]): Make => (at) => toolCallResult({ ...fields, ...told, ...at })) },
  { weight: 2, arbitrary: ids.map((node): Make => (at) => executed(node, { ...at })) },
  { weight: 1, arbitrary: ids.map((node): Make => (at) => paused(node, { ...at })) },
  { weight: 1, arbitrary: few.map((url): Make => (at) => taskUpdated({ ...at, pending_eca_request: { connector_name: url, auth_url: `https://${url}` } })) },
  { weight: 1, arbitrary: fc.constant<Make>((at) => taskUpdated({ ...at, sub_executions: [CHILD, '__proto__'] })) },
  { weight: 1, arbitrary: fc.constant<Make>((at) => taskUpdated({ ...at, status: 'completed', result: 'early' })) },
  { weight: 2, arbitrary: fc.string({ maxLength: 3 }).map((text): Make => (at) => think(`thought ${text}`, at)) },
  { weight: 2, arbitrary: fc.string({ maxLength: 3 }).map((text): Make => (at) => chunk(text, at)) },
  { weight: 1, arbitrary: fc.array(fc.boolean(), { maxLength: 3 }).map((done): Make => (at) => planUpdated(done, at)) },
  { weight: 1, arbitrary: fc.constantFrom('login_required', 'token_ready').map((type): Make => (at) => authEvent(type, { url: 'https://a' }, at)) },
  { weight: 1, arbitrary: few.map((message): Make => (at) => frame('error', { error: message }, at)) },
  { weight: 1, arbitrary: few.map((type): Make => (at) => frame(type, {}, at)) },
  {
    weight: 2,
    arbitrary: fc.tuple(few, maybe(few), maybe(fc.constantFrom(CHILD, '__proto__')), maybe(ids)).map(([agent, query, child, node]): Make => (at) =>
      subAgentTrigger({ agent_id: agent, query, child_task_id: child, graph_node_id: node }, at)),
  },
)

/** Frames of the root and of its child runs. */
const told: fc.Arbitrary<Make> = fc.oneof(
  { weight: 20, arbitrary: event },
  {
    weight: 6,
    arbitrary: fc.tuple(event, fc.constantFrom(CHILD, '__proto__')).map(([make, task]): Make => (at) => make({ ...at, task })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(fc.constantFrom(CHILD, '__proto__'), few, fc.constantFrom(taskCreated, taskUpdated, taskFinished), maybe(fc.constant(CHILD))).map(
      ([task, agent, make, parent]): Make => (at) =>
        make(ofChild({ ...at, agent_id: agent, input: { text: agent }, ...(parent === task ? {} : { parent_execution: parent }) }, task)),
    ),
  },
)

/** Mostly later than the frame before, sometimes of the same moment, sometimes late. */
const step = fc.oneof({ weight: 8, arbitrary: fc.constant(1) }, { weight: 1, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constant(-2.5) })

const nodeTypes = fc.constantFrom('agent', 'action', 'wait', 'parallel', 'orchestration')
const canvasNode = fc.record({ type: nodeTypes, name: few, operation_id: maybe(few), target_agent_id: maybe(few) })

/** A canvas with nested nodes and a pointer, of so many of the ids that events name. */
export const canvasOf = (minLength: number): fc.Arbitrary<readonly object[]> => fc
  .tuple(fc.uniqueArray(ids, { minLength, maxLength: Math.max(6, minLength) }), fc.array(canvasNode, { minLength: 8, maxLength: 8 }), maybe(ids), fc.nat(3))
  .map(([names, nodes, source, held]) => {
    const list = names.map((id, at) => ({ id, ...nodes[at] }))
    const inner = list.splice(0, Math.min(held, Math.max(0, list.length - 1)))
    const [first, ...rest] = list
    const holder = first === undefined ? [] : [{ ...first, definition: { nodes: inner } }]
    return [...holder, ...rest, ...(source === undefined ? [] : [{ id: 'pointer', type: 'node_pointer', source_node_id: source }])]
  })

/** What the client sees beside the frames, of the line of the latest submit. */
const seen: fc.Arbitrary<(key: string) => Fact> = fc.constantFrom<((key: string) => Fact)[]>(
  (key) => ({ kind: 'opened', key }),
  (key) => ({ kind: 'stopRequested', key }),
  (key) => ({ kind: 'stopFailed', key, error: failure('stop_failed', 'stop') }),
  (key) => ({ kind: 'stopAnswered', key, at: ms(0), task: decodeTask({ id: ROOT, status: 'executing' }) }),
  (key) => ({ kind: 'stopAnswered', key, at: ms(0), task: decodeTask({ id: ROOT, status: 'stopped' }) }),
  (key) => ({ kind: 'dropped', key, at: ms(0) }),
  (key) => ({ kind: 'disconnected', key }),
  (key) => ({ kind: 'outputChecked', key, output: 1, issues: null }),
  (key) => ({ kind: 'shown', conversation: '__proto__', key }),
  () => ({ kind: 'graphRead', workflowId: WORKFLOW, graph: { nodes: [], edges: [] } }),
)

/** One turn: frames in the order in which they arrive, with the end that it may come to. */
const turn = fc.record({
  frames: fc.array(fc.tuple(fc.oneof({ weight: 30, arbitrary: told }, { weight: 1, arbitrary: seen.map((make) => ({ seen: make })) }), step), { maxLength: 40 }),
  end: maybe(fc.constantFrom('completed', 'failed', 'stopped')),
  isSubmitted: fc.boolean(),
  isRefused: fc.boolean(),
})

/** Recordings of one or two turns, with the canvas read at some moment. */
export const recordings: fc.Arbitrary<readonly Item[]> = fc
  .tuple(fc.array(turn, { minLength: 1, maxLength: 2 }), maybe(canvasOf(0)), fc.nat(60))
  .map(([turns, nodes, graphAt]) => {
    const items: Item[] = []
    let at = 100
    turns.forEach(({ frames, end, isSubmitted, isRefused }, number) => {
      const key = `submit-${number + 1}`
      if (number === 0) items.push(submitted('Hi'))
      else if (isSubmitted) items.push(submitted('More', { key, continues: 'task-1' }))
      if (number > 0 && isSubmitted && isRefused) items.push({ kind: 'refused', key, error: failure() })
      items.push(taskCreated({ at: (at += 1) }))
      for (const [make, by] of frames) items.push(typeof make === 'function' ? make({ at: by < 0 ? at + by : (at += by) }) : make.seen(key))
      if (end !== undefined) items.push(taskFinished({ at: (at += 1), status: end, result: 'The result', last_executed_node_id: 'a' }))
    })
    if (nodes !== undefined) items.splice(Math.min(graphAt, items.length), 0, graphRead(nodes))
    return items
  })

/** How a recording is cut into batches. */
export const batches = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 6 })

/** A first turn in order, whose calls have ids of their own: what is left to find out is which nodes they belong to. */
export const orderlyRecordings: fc.Arbitrary<readonly Item[]> = fc
  .tuple(
    fc.array(fc.record({ fields: call, answer: maybe(answer), from: fc.nat(99), to: fc.nat(99) }), { maxLength: 12 }),
    fc.array(fc.tuple(fc.oneof(
      ids.map((node): Make => (at) => executed(node, { ...at })),
      ids.map((node): Make => (at) => paused(node, { ...at })),
      few.map((agent): Make => (at) => subAgentTrigger({ agent_id: agent, query: agent }, at)),
      few.map((agent): Make => (at) => taskUpdated(ofChild({ ...at, agent_id: agent }))),
      few.map((text): Make => (at) => think(text, { ...at, task: CHILD })),
    ), fc.nat(99)), { maxLength: 12 }),
    maybe(fc.constantFrom('completed', 'failed', 'stopped')),
  )
  .map(([calls, others, end]) => {
    const moments: { readonly at: number; readonly make: Make }[] = others.map(([make, at]) => ({ at, make }))
    calls.forEach(({ fields, answer: told, from, to }, number) => {
      const named = { ...fields, call: `call ${number}`, request: undefined }
      moments.push({ at: Math.min(from, to), make: (at) => toolCallRequest({ ...named, ...at }) })
      if (told !== undefined) moments.push({ at: Math.max(from, to), make: (at) => toolCallResult({ ...named, ...told, ...at }) })
    })
    moments.sort((one, other) => one.at - other.at)
    const frames = moments.map(({ make }, position) => make({ at: position + 10 }))
    return [submitted('Hi'), taskCreated({ at: 1 }), ...frames, ...(end === undefined ? [] : [taskFinished({ at: 900, status: end })])]
  })

const delay = fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.nat(12) })

/** Calls of one node, and records of it, that arrive in about the order in which they were sent. */
export const nodeRecordings: fc.Arbitrary<readonly Item[]> = fc
  .tuple(
    fc.array(fc.record({ from: fc.nat(60), takes: fc.integer({ min: 1, max: 3 }), isError: fc.boolean(), operation: few, delays: fc.tuple(delay, delay) }), { maxLength: 16 }),
    fc.array(fc.record({ at: fc.nat(70), make: fc.constantFrom<((at: number) => Frame)[]>(
      (at) => executed('a', { at }), (at) => executed('b', { at }), (at) => paused('a', { at }), (at) => taskUpdated({ at }), (at) => think({ graph_node_id: 'a', thought: 'Hm' }, { at }),
    ), delay }), { maxLength: 8 }),
  )
  .map(([calls, others]) => {
    const sent: { readonly arrives: number; readonly make: () => Frame }[] = others.map(({ at, make, delay: late }) => ({ arrives: at + late, make: () => make(at + 10.5) }))
    calls.forEach(({ from, takes, isError, operation, delays: [early, late] }, number) => {
      const named = { call: `call ${number}`, operation, node: 'a' }
      sent.push({ arrives: from + early, make: () => toolCallRequest({ ...named, at: from + 10 }) })
      sent.push({ arrives: from + takes + late, make: () => toolCallResult({ ...named, isError, at: from + takes + 10 }) })
    })
    sent.sort((one, other) => one.arrives - other.arrives)
    return [submitted('Hi'), taskCreated({ at: 1 }), ...sent.map(({ make }) => make())]
  })
