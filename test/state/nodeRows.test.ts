import { describe, expect, it } from 'vitest'
import {
  CHILD, executed, graphRead, ms, ofChild, paused, replay, replayStore, subAgentTrigger, submitted, taskCreated, taskFinished,
  taskUpdated, think, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { Item } from './frames.ts'
import { selectTask } from '../../src/state/selectors.ts'

const begin = (): Item[] => [submitted('Hi'), taskCreated({ at: 1 })]

interface Row {
  readonly row: string
  readonly items: () => readonly Item[]
  readonly nodes: readonly object[]
  readonly unassigned?: readonly object[]
}

const rows: readonly Row[] = [
  {
    row: 'a node inside `parallel`: its holder runs from the first start to the last end of what it holds',
    items: () => [
      ...begin(),
      graphRead([{ id: 'p', type: 'parallel', name: 'Both', definition: { nodes: [{ id: 'a', type: 'action' }, { id: 'b', type: 'action' }] } }]),
      toolCallRequest({ at: 2, request: 'r1', node: 'a' }),
      toolCallRequest({ at: 3, request: 'r2', node: 'b' }),
      toolCallResult({ at: 4, request: 'r1', node: 'a' }),
      toolCallResult({ at: 6, request: 'r2', node: 'b' }),
    ],
    nodes: [
      { id: 'p', type: 'parallel', status: 'completed', startedAt: ms(2), endedAt: ms(6), durationMs: 4000 },
      { id: 'a', parentId: 'p', status: 'completed', durationMs: 2000 },
      { id: 'b', parentId: 'p', status: 'completed', durationMs: 3000 },
    ],
  },
  {
    row: 'a node_pointer: what happens under its id happens to the node that it jumps to',
    items: () => [
      ...begin(),
      toolCallRequest({ at: 2, request: 'r1', node: 'a' }),
      toolCallResult({ at: 3, request: 'r1', node: 'a' }),
      graphRead([{ id: 'a', type: 'action', name: 'Look up' }, { id: 'jump', type: 'node_pointer', definition: { source_node_id: 'a' } }]),
      toolCallRequest({ at: 4, request: 'r2', node: 'jump' }),
      toolCallResult({ at: 6, request: 'r2', node: 'jump' }),
    ],
    nodes: [{ id: 'a', name: 'Look up', status: 'completed', durationMs: 3000, attempts: [{ startedAt: ms(2) }, { startedAt: ms(4), endedAt: ms(6) }] }],
  },
  {
    row: 'an approval by a `wait` node: paused, then completed, and all of its time is waiting',
    items: () => [...begin(), paused('w', { at: 2 }), taskUpdated({ at: 5 })],
    nodes: [{ id: 'w', status: 'completed', startedAt: ms(2), endedAt: ms(5), durationMs: 0, waits: [{ reason: 'approval', startedAt: ms(2), endedAt: ms(5) }] }],
  },
  {
    row: 'an approval that is still awaited',
    items: () => [...begin(), paused('w', { at: 2 }), paused('w', { at: 3 })],
    nodes: [{ id: 'w', status: 'paused', endedAt: null, attempts: [{ status: 'paused' }], waits: [{ startedAt: ms(2), endedAt: null }] }],
  },
  {
    row: 'a node that only appears as last_executed_node_id: one attempt whose start nobody saw',
    items: () => [...begin(), executed('a', { at: 2 }), executed('a', { at: 3 }), executed('b', { at: 4 })],
    nodes: [
      { id: 'a', status: 'completed', startedAt: null, endedAt: ms(2), durationMs: null, attempts: [{ status: 'completed', startedAt: null, endedAt: ms(2) }] },
      { id: 'b', attempts: [{ startedAt: null, endedAt: ms(4) }] },
    ],
  },
  {
    row: 'last_executed_node_id ends an open attempt',
    items: () => [...begin(), graphRead([{ id: 'a', type: 'agent' }]), toolCallRequest({ at: 2, request: 'r1', node: 'a' }), toolCallResult({ at: 3, request: 'r1', node: 'a' }), executed('a', { at: 4 })],
    nodes: [{ id: 'a', status: 'completed', attempts: [{ startedAt: ms(2), endedAt: ms(4) }] }],
  },
  {
    row: 'a result before its request: one step, one attempt',
    items: () => [...begin(), toolCallResult({ at: 4, call: 'c1', node: 'a', output: 'found' }), toolCallRequest({ at: 2, call: 'c1', node: 'a', input: { q: 1 } })],
    nodes: [{
      id: 'a', status: 'completed', attempts: [{ startedAt: ms(2), endedAt: ms(4) }],
      steps: [{ kind: 'toolCall', status: 'completed', startedAt: ms(2), endedAt: ms(4), input: { q: 1 }, output: 'found' }],
    }],
  },
  {
    row: 'a result without a request',
    items: () => [...begin(), toolCallResult({ at: 4, call: 'c1', node: 'a', output: 'found' })],
    nodes: [{ id: 'a', status: 'completed', attempts: [{ startedAt: null, endedAt: ms(4) }], steps: [{ startedAt: null, endedAt: ms(4), output: 'found' }] }],
  },
  {
    row: 'a request never answered when the run ends well',
    items: () => [...begin(), toolCallRequest({ at: 2, request: 'r1', node: 'a' }), taskFinished({ at: 5 })],
    nodes: [{ id: 'a', status: 'completed', endedAt: ms(5), steps: [{ status: 'unanswered', endedAt: ms(5), output: null }] }],
  },
  {
    row: 'a request never answered when the run fails',
    items: () => [...begin(), toolCallRequest({ at: 2, request: 'r1', node: 'a' }), taskFinished({ at: 5, status: 'failed' })],
    nodes: [{ id: 'a', status: 'failed', attempts: [{ status: 'failed', endedAt: ms(5) }], steps: [{ status: 'unanswered' }] }],
  },
  {
    row: 'a run that is stopped stops what still runs',
    items: () => [...begin(), toolCallRequest({ at: 2, request: 'r1', node: 'a' }), taskFinished({ at: 5, status: 'stopped' })],
    nodes: [{ id: 'a', status: 'stopped' }],
  },
  {
    row: 'two calls of one operation open at once, told apart by their ids: one attempt, ended by the last result',
    items: () => [
      ...begin(),
      toolCallRequest({ at: 2, call: 'c1', operation: 'op', node: 'a' }), toolCallRequest({ at: 3, call: 'c2', operation: 'op', node: 'a' }),
      toolCallResult({ at: 4, call: 'c1', operation: 'op', node: 'a', output: 1 }), toolCallResult({ at: 5, call: 'c2', operation: 'op', node: 'a', output: 2 }),
    ],
    nodes: [{ id: 'a', status: 'completed', attempts: [{ startedAt: ms(2), endedAt: ms(5) }], steps: [{ output: 1, endedAt: ms(4) }, { output: 2, endedAt: ms(5) }] }],
  },
  {
    row: 'two calls of one operation open at once, without ids: a result answers the latest',
    items: () => [
      ...begin(),
      toolCallRequest({ at: 2, operation: 'op', node: 'a' }), toolCallRequest({ at: 3, operation: 'op', node: 'a' }),
      toolCallResult({ at: 4, operation: 'op', node: 'a', output: 'second' }), toolCallResult({ at: 5, operation: 'op', node: 'a', output: 'first' }),
    ],
    nodes: [{ id: 'a', steps: [{ output: 'first', endedAt: ms(5) }, { output: 'second', endedAt: ms(4) }] }],
  },
  {
    row: 'a tool that fails and is retried: two attempts, the failed one kept',
    items: () => [
      ...begin(),
      toolCallRequest({ at: 2, request: 'r1', operation: 'op', node: 'a' }), toolCallResult({ at: 3, request: 'r1', operation: 'op', node: 'a', isError: true, output: '503' }),
      toolCallRequest({ at: 5, request: 'r2', operation: 'op', node: 'a' }), toolCallResult({ at: 6, request: 'r2', operation: 'op', node: 'a' }),
    ],
    nodes: [{
      id: 'a', status: 'completed', durationMs: 2000,
      attempts: [{ status: 'failed', startedAt: ms(2), endedAt: ms(3) }, { status: 'completed', startedAt: ms(5), endedAt: ms(6) }],
      steps: [{ attempt: 0, isError: true, status: 'failed', output: '503' }, { attempt: 1, isError: false }],
    }],
  },
  {
    row: 'a loop: the same operation again after a good one is a second attempt',
    items: () => [
      ...begin(),
      toolCallRequest({ at: 2, request: 'r1', operation: 'op', node: 'a' }), toolCallResult({ at: 3, request: 'r1', operation: 'op', node: 'a' }),
      toolCallRequest({ at: 4, request: 'r2', operation: 'op', node: 'a' }), toolCallResult({ at: 5, request: 'r2', operation: 'op', node: 'a' }),
    ],
    nodes: [{ id: 'a', attempts: [{ endedAt: ms(3) }, { endedAt: ms(5) }] }],
  },
  {
    row: 'an agent that calls many tools makes one attempt of it, also when the canvas comes after the calls',
    items: () => [
      ...begin(),
      toolCallRequest({ at: 2, request: 'r1', operation: 'search', node: 'a' }), toolCallResult({ at: 3, request: 'r1', operation: 'search', node: 'a' }),
      toolCallRequest({ at: 4, request: 'r2', operation: 'search', node: 'a' }), toolCallResult({ at: 5, request: 'r2', operation: 'search', node: 'a' }),
      graphRead([{ id: 'a', type: 'agent', name: 'Writer' }]),
    ],
    nodes: [{ id: 'a', name: 'Writer', type: 'agent', status: 'running', attempts: [{ startedAt: ms(2), endedAt: null }], steps: [{ attempt: 0 }, { attempt: 0 }] }],
  },
  {
    row: 'reasoning that names its node is a step of it',
    items: () => [...begin(), think({ graph_node_id: 'a', title: 'Check', thought: 'Old plan.', confidence: 0.8 }, { at: 2 })],
    nodes: [{ id: 'a', steps: [{ kind: 'think', title: 'Check', text: 'Old plan.', confidence: 0.8, startedAt: ms(2) }] }],
  },
]

describe('the timeline', () => {
  it.each(rows)('knows $row', ({ items, nodes, unassigned = [] }) => {
    const task = replay(items())

    expect(task.timeline).toMatchObject(nodes)
    expect(task.timeline).toHaveLength(nodes.length)
    expect(task.nodeOrder).toEqual(task.timeline.map(({ id }) => id))
    expect(task.unassigned).toMatchObject(unassigned)
    expect(task.turns.at(-1)?.timeline).toBe(task.timeline)
  })
})

const graph = graphRead([
  { id: 'node-1', type: 'action', name: 'Create issue', operation_id: 'op-create' },
  { id: 'node-2', type: 'action', name: 'Search', asset_id: 'asset-search' },
  { id: 'node-3', type: 'action', name: 'Twin', operation_id: 'op-twin' },
  { id: 'node-4', type: 'action', name: 'Twin', operation_id: 'op-twin' },
  { id: 'node-5', type: 'agent', name: 'Writer', target_agent_id: 'agent-1' },
])

describe('the resolver', () => {
  it.each([
    ['an explicit node id wins over all else', toolCallRequest({ request: 'r', node: 'node-2', operation: 'op-create', tool: 'Twin' }), 'node-2'],
    ['an operation id that is a node id', toolCallRequest({ request: 'r', operation: 'node-1', tool: 'Search' }), 'node-1'],
    ['a request id that is a node id', toolCallRequest({ request: 'node-1', tool: 'Search' }), 'node-1'],
    ['a tool call id that is a node id', toolCallRequest({ call: 'node-1', tool: 'Search' }), 'node-1'],
    ['a unique operation id', toolCallRequest({ request: 'r', operation: 'op-create', tool: 'Search' }), 'node-1'],
    ['a unique asset id', toolCallRequest({ request: 'r', operation: 'asset-search' }), 'node-2'],
    ['a unique name', toolCallRequest({ request: 'r', operation: 'unknown', tool: 'Search' }), 'node-2'],
    ['the agent of a trigger', subAgentTrigger({ id: 't', agent_id: 'agent-1', query: 'q' }), 'node-5'],
    ['two nodes of one operation and name: nobody guesses', toolCallRequest({ request: 'r', operation: 'op-twin', tool: 'Twin' }), undefined],
    ['nothing known', toolCallRequest({ request: 'r', operation: 'unknown', tool: 'Unknown' }), undefined],
  ])('takes %s, before and after the canvas arrives', (_, step, nodeId) => {
    const known = replay([...begin(), graph, step])
    const late = replay([...begin(), step, graph])

    for (const task of [known, late]) {
      expect(task.timeline.map(({ id }) => id)).toEqual(nodeId === undefined ? [] : [nodeId])
      expect(task.unassigned).toHaveLength(nodeId === undefined ? 1 : 0)
    }
  })

  it('puts the steps of a child run into the node that the run is in', () => {
    const store = replayStore([
      ...begin(), graph,
      subAgentTrigger({ id: 't', agent_id: 'agent-1', query: 'Write' }, { at: 2 }),
      taskCreated(ofChild({ at: 3, parent_execution: 'task-1', input: { text: 'Write' } })),
      toolCallRequest({ at: 4, task: CHILD, request: 'r', operation: 'unknown' }),
      toolCallResult({ at: 5, task: CHILD, request: 'r', operation: 'unknown' }),
      taskFinished(ofChild({ at: 6, result: 'Written' })),
    ])

    const root = selectTask(store, 'task-1')
    expect(root?.timeline).toMatchObject([
      { id: 'node-5', status: 'completed', endedAt: ms(6), steps: [{ kind: 'subAgent', taskId: CHILD, status: 'completed', query: 'Write' }] },
    ])
    expect(root).toMatchObject({ childTaskIds: [CHILD], text: '', status: 'pending' })
    expect(selectTask(store, CHILD)).toMatchObject({
      parentTaskId: 'task-1', parentNodeId: 'node-5', status: 'completed', text: 'Written',
      timeline: [{ id: 'node-5', name: 'Writer', steps: [{ kind: 'toolCall' }] }],
    })
  })

  it('resolves again what was seen before the canvas, also when the run is over', () => {
    const task = replay([
      ...begin(),
      toolCallRequest({ at: 2, request: 'r', operation: 'op-create' }), toolCallResult({ at: 3, request: 'r', operation: 'op-create' }),
      taskFinished({ at: 4, result: 'x' }), graph,
    ])

    expect(task.unassigned).toEqual([])
    expect(task.timeline).toMatchObject([{ id: 'node-1', name: 'Create issue', status: 'completed', attempts: [{ startedAt: ms(2), endedAt: ms(3) }] }])
    expect(task.progress).toEqual({ done: 5, total: 5 })
  })
})

describe('progress', () => {
  it('counts nodes that are over of those on the canvas', () => {
    const task = replay([...begin(), graph, toolCallRequest({ request: 'r', node: 'node-1' }), toolCallResult({ request: 'r', node: 'node-1' }), toolCallRequest({ request: 's', node: 'node-2' })])

    expect(task.progress).toEqual({ done: 1, total: 5 })
  })

  it('is not known while neither canvas nor plan is', () => {
    expect(replay(begin()).progress).toBeNull()
  })
})
