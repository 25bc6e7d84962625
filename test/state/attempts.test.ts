import { describe, expect, it } from 'vitest'
import {
  executed, graphRead, ms, paused, replay, subAgentTrigger, submitted, taskCreated, taskFinished, taskUpdated, think, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { CallFields, Item } from './frames.ts'

const begin = (): Item[] => [submitted(), taskCreated({ at: 1 })]
const agent = graphRead([{ id: 'a', type: 'agent', target_agent_id: 'agent-1' }])
const action = graphRead([{ id: 'a', type: 'action' }])

/** A call of node `a` that takes from the one second to the other. */
const call = (name: string, from: number, to: number, fields: CallFields & { readonly isError?: boolean } = {}): Item[] => [
  toolCallRequest({ call: name, node: 'a', operation: 'op', ...fields, at: from }), toolCallResult({ call: name, node: 'a', operation: 'op', ...fields, at: to }),
]
const attempt = (status: string, from: number | null, to: number | null) => ({ status, startedAt: from === null ? null : ms(from), endedAt: to === null ? null : ms(to) })

describe('attempts', () => {
  it.each<[string, readonly Item[], readonly object[]]>([
    ['a failure that the record had called executed before it was told', [
      toolCallRequest({ at: 2, call: 'c', node: 'a' }), executed('a', { at: 3 }), toolCallResult({ at: 4, call: 'c', node: 'a', isError: true }),
    ], [attempt('failed', 2, 4)]],
    ['executed after a failure, which stays one', [...call('c', 2, 3, { isError: true }), executed('a', { at: 4 })], [attempt('failed', 2, 3)]],
    ['two calls at once of which one fails', [
      toolCallRequest({ at: 2, call: 'c', node: 'a' }), toolCallRequest({ at: 3, call: 'd', node: 'a' }),
      toolCallResult({ at: 4, call: 'd', node: 'a', isError: true }), toolCallResult({ at: 6, call: 'c', node: 'a' }),
    ], [attempt('failed', 2, 6)]],
    ['a call that outlives the one after it', [
      toolCallRequest({ at: 2, call: 'c', node: 'a' }), toolCallRequest({ at: 3, call: 'd', node: 'a' }), toolCallResult({ at: 4, call: 'd', node: 'a' }),
    ], [attempt('running', 2, null)]],
    ['a request that arrives after another call was answered', [
      toolCallRequest({ at: 3, call: 'd', node: 'a' }), toolCallResult({ at: 5, call: 'd', node: 'a' }), toolCallRequest({ at: 4, call: 'c', node: 'a' }),
    ], [attempt('running', 3, null)]],
    ['results of two calls before either request', [
      toolCallResult({ at: 5, call: 'd', node: 'a' }), toolCallResult({ at: 3, call: 'c', node: 'a' }), toolCallRequest({ at: 2, call: 'c', node: 'a' }), toolCallRequest({ at: 4, call: 'd', node: 'a' }),
    ], [attempt('completed', 2, 3), attempt('completed', 4, 5)]],
    ['calls of several operations in a row while the type is not known', [...call('c', 2, 3, { operation: 'one' }), ...call('d', 4, 5, { operation: 'two' })], [attempt('completed', 2, 5)]],
    ['another operation after a failure', [...call('c', 2, 3, { operation: 'one', isError: true }), ...call('d', 4, 5, { operation: 'two' })], [attempt('failed', 2, 3), attempt('completed', 4, 5)]],
    ['another operation after the record called it executed', [...call('c', 2, 3, { operation: 'one' }), executed('a', { at: 3.5 }), ...call('d', 4, 5, { operation: 'two' })], [attempt('completed', 2, 3), attempt('completed', 4, 5)]],
    ['an execution between two calls that is told late', [
      ...call('c', 2, 3, { operation: 'one' }), ...call('d', 4, 5, { operation: 'two' }), ...call('e', 6, 7, { operation: 'two' }), executed('a', { at: 3.5 }),
    ], [attempt('completed', 2, 3), attempt('completed', 4, 5), attempt('completed', 6, 7)]],
    ['calls of several operations in a row of a node that makes one', [...call('c', 2, 3, { operation: 'one' }), ...call('d', 4, 5, { operation: 'two' }), action], [attempt('completed', 2, 3), attempt('completed', 4, 5)]],
    ['reasoning after a call while the type is not known', [...call('c', 2, 3), think({ graph_node_id: 'a', thought: 'Hm' }, { at: 4 })], [attempt('completed', 2, 4)]],
    ['an agent that was executed and runs again', [agent, ...call('c', 2, 3), executed('a', { at: 4 }), ...call('d', 6, 7), taskFinished({ at: 9 })], [attempt('completed', 2, 4), attempt('completed', 6, 9)]],
    ['an agent whose tool fails', [agent, ...call('c', 2, 3, { isError: true }), executed('a', { at: 4 })], [attempt('completed', 2, 4)]],
    ['an agent whose own run is under way', [agent, subAgentTrigger({ agent_id: 'agent-1', query: 'x' }, { at: 2 }), ...call('c', 3, 4)], [attempt('running', 2, null)]],
    ['executed twice with another node between', [executed('a', { at: 2 }), executed('b', { at: 3 }), executed('a', { at: 4 })], [attempt('completed', null, 2)]],
    ['executed before its call is known of', [executed('a', { at: 2 }), ...call('c', 3, 4)], [attempt('completed', null, 2), attempt('completed', 3, 4)]],
    ['the end of a run that fails', [...call('c', 2, 3), toolCallRequest({ at: 4, call: 'd', node: 'a', operation: 'op' }), taskFinished({ at: 6, status: 'error' })], [attempt('completed', 2, 3), attempt('failed', 4, 6)]],
  ])('knows %s', (_, items, attempts) => {
    for (const batches of [[1], [2], [items.length + 2]]) {
      const task = replay([...begin(), ...items], { batches })

      expect(task.nodes.a?.attempts).toEqual(attempts)
      expect(task.nodes.a?.status).toBe(task.nodes.a?.attempts.at(-1)?.status)
      expect(task.nodes.a?.startedAt).toBe(task.nodes.a?.attempts[0]?.startedAt)
      expect(task.nodes.a?.endedAt).toBe(task.nodes.a?.attempts.at(-1)?.endedAt)
    }
  })

  it('sums what the attempts took that have both ends', () => {
    const task = replay([...begin(), ...call('c', 2, 3), ...call('d', 5, 9), toolCallRequest({ at: 10, call: 'e', node: 'a', operation: 'op' })])

    expect(task.nodes.a).toMatchObject({ durationMs: 5000, status: 'running', startedAt: ms(2), endedAt: null })
  })
})

describe('a call', () => {
  it.each<[string, CallFields, CallFields, CallFields]>([
    ['its tool_call_id', { call: 'c' }, { call: 'd' }, { call: 'c' }],
    ['its tool_call_id before all else', { call: 'c', request: 'r', operation: 'op' }, { call: 'd', request: 'r', operation: 'op' }, { call: 'c', request: 'r', operation: 'op' }],
    ['its request_id', { request: 'r', operation: 'op' }, { request: 's', operation: 'op' }, { request: 'r', operation: 'op' }],
    ['its request_id where the result has no tool_call_id', { call: 'c', request: 'r' }, { call: 'd', request: 's' }, { request: 'r' }],
    ['its request_id where the request has no tool_call_id', { request: 'r' }, { request: 's' }, { call: 'c', request: 'r' }],
    ['its operation among those of one request', { request: 'r', operation: 'one' }, { request: 'r', operation: 'two' }, { request: 'r', operation: 'one' }],
    ['its operation', { operation: 'one' }, { operation: 'two' }, { operation: 'one' }],
    ['its tool', { tool: 'One' }, { tool: 'Two' }, { tool: 'One' }],
    ['its operation in its node', { operation: 'op', node: 'a' }, { operation: 'op', node: 'b' }, { operation: 'op', node: 'a' }],
    ['its node', { node: 'a' }, { node: 'b' }, { node: 'a' }],
  ])('is answered by %s', (_, asked, other, answered) => {
    const task = replay([...begin(), toolCallRequest({ at: 2, title: 'Asked', ...asked }), toolCallRequest({ at: 3, title: 'Other', ...other }), toolCallResult({ at: 4, output: 'Answer', ...answered })])

    const steps = [...task.unassigned, ...task.timeline.flatMap((node) => node.steps)]
    expect(steps).toHaveLength(2)
    expect(steps.find(({ title }) => title === 'Asked')).toMatchObject({ status: 'completed', output: 'Answer', endedAt: ms(4) })
    expect(steps.find(({ title }) => title === 'Other')).toMatchObject({ status: 'running', output: null, endedAt: null })
  })

  it.each<[string, readonly Item[]]>([
    ['of another tool_call_id', [toolCallRequest({ at: 2, call: 'c', operation: 'op' }), toolCallResult({ at: 3, call: 'd', operation: 'op' })]],
    ['of another request_id', [toolCallRequest({ at: 2, request: 'r', operation: 'op' }), toolCallResult({ at: 3, request: 's', operation: 'op' })]],
    ['that came before it was asked', [toolCallRequest({ at: 4, operation: 'op' }), toolCallResult({ at: 3, operation: 'op' })]],
  ])('is not answered by a result %s', (_, items) => {
    for (const order of [items, items.toReversed()]) {
      expect(replay([...begin(), ...order]).unassigned.map(({ status }) => status).sort()).toEqual(['completed', 'running'])
    }
  })

  it('of the same moment and content as another is one of its own where their ids differ', () => {
    const ofBoth = (at: number, make: (fields: CallFields) => Item): Item[] => ['c', 'd'].map((name) => make({ at, call: name, operation: 'op', node: 'a' }))
    const task = replay([...begin(), ...ofBoth(2, toolCallRequest), ...ofBoth(3, toolCallResult)])

    expect(task.nodes.a?.steps).toMatchObject([{ toolCallId: 'c', endedAt: ms(3) }, { toolCallId: 'd', endedAt: ms(3) }])
    expect(task.eventCount).toBe(5)
  })

  it('that uses the id of an answered one again is another call', () => {
    const task = replay([...begin(), ...call('c', 2, 3), ...call('c', 4, 5)])

    expect(task.nodes.a?.steps).toMatchObject([{ startedAt: ms(2), endedAt: ms(3), attempt: 0 }, { startedAt: ms(4), endedAt: ms(5), attempt: 1 }])
  })
})

describe('a pointer', () => {
  it('repeats what its source is called, and makes it neither ambiguous nor another node to run', () => {
    const items = [toolCallRequest({ call: 'c', operation: 'op', tool: 'Look up' }), taskFinished()]
    const canvas = graphRead([{ id: 'a', type: 'action', name: 'Look up', operation_id: 'op' }, { id: 'jump', type: 'node_pointer', name: 'Look up', operation_id: 'op', source_node_id: 'a' }])

    expect(replay([...begin(), canvas, ...items])).toMatchObject({ nodeOrder: ['a'], progress: { done: 1, total: 1 } })
  })
})

describe('what was seen under two ids of one node', () => {
  it.each<[string, readonly Item[]]>([
    ['calls', [...call('c', 2, 3), ...call('d', 4, 5, { node: 'jump' }), ...call('e', 6, 7)]],
    ['executions', [executed('a', { at: 4 }), ...call('c', 5, 6), executed('jump', { at: 7 }), ...call('d', 8, 9), executed('a', { at: 10 })]],
    ['an execution before the call of the other', [executed('jump', { at: 2 }), ...call('c', 3, 4)]],
    ['waits', [paused('a', { at: 2 }), taskUpdated({ at: 3 }), paused('jump', { at: 4 }), taskUpdated({ at: 5 }), paused('a', { at: 6 }), taskUpdated({ at: 7 })]],
  ])('comes to the same before and after the canvas arrives: %s', (_, items) => {
    const canvas = graphRead([{ id: 'a', type: 'action' }, { id: 'jump', type: 'node_pointer', source_node_id: 'a' }])

    const late = replay([...begin(), ...items, canvas])

    expect(late.timeline).toEqual(replay([...begin(), canvas, ...items]).timeline)
    expect(late.nodeOrder).toEqual(['a'])
  })
})

describe('a canvas of which nothing was seen', () => {
  it('is done with the run', () => {
    expect(replay([...begin(), agent, taskFinished()])).toMatchObject({ timeline: [], progress: { done: 1, total: 1 } })
  })
})

describe('a holder', () => {
  const nested = graphRead([{
    id: 'outer', type: 'parallel', definition: { nodes: [{ id: 'inner', type: 'parallel', definition: { nodes: [{ id: 'a', type: 'action' }] } }, { id: 'b', type: 'action' }] },
  }])

  it.each<[string, readonly Item[], object]>([
    ['runs while one of its nodes does', [...call('c', 2, 3), toolCallRequest({ at: 4, call: 'd', node: 'b' })], { outer: { status: 'running', endedAt: null }, inner: { status: 'completed', endedAt: ms(3) } }],
    ['is over with the last of its nodes', [...call('c', 2, 3), ...call('d', 4, 6, { node: 'b' })], { outer: { status: 'completed', startedAt: ms(2), endedAt: ms(6), durationMs: 4000 } }],
    ['fails with one of its nodes', [...call('c', 2, 3, { isError: true }), ...call('d', 4, 6, { node: 'b' })], { outer: { status: 'failed' }, inner: { status: 'failed' } }],
    ['does not hold a failure against a node that was retried', [...call('c', 2, 3, { isError: true }), ...call('d', 4, 6)], { outer: { status: 'completed' }, inner: { status: 'completed', startedAt: ms(2), endedAt: ms(6) } }],
    ['that a record calls executed runs as long as its nodes do', [...call('c', 2, 3), executed('outer', { at: 4 })], { outer: { status: 'completed', startedAt: ms(2), endedAt: ms(3) } }],
    ['of which nothing but the end was seen', [executed('outer', { at: 4 })], { outer: { status: 'completed', startedAt: null, endedAt: ms(4) } }],
  ])('%s', (_, items, nodes) => {
    for (const batches of [[1], [items.length + 3]]) {
      expect(replay([...begin(), nested, ...items], { batches }).nodes).toMatchObject(nodes)
      expect(replay([...begin(), ...items, nested], { batches }).nodes).toMatchObject(nodes)
    }
  })

  it('comes before what it holds, also when the canvas arrives late', () => {
    const items = [...call('d', 2, 3, { node: 'b' }), ...call('c', 4, 5)]

    expect(replay([...begin(), nested, ...items]).nodeOrder).toEqual(['outer', 'b', 'inner', 'a'])
    expect(replay([...begin(), ...items, nested]).nodeOrder).toEqual(['outer', 'b', 'inner', 'a'])
  })
})
