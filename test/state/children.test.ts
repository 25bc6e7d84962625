import { describe, expect, it } from 'vitest'
import type { Fact } from '../../src/state/fact.ts'
import { selectTask, selectTaskIds } from '../../src/state/selectors.ts'
import type { TaskState, WorkflowStoreState } from '../../src/state/taskState.ts'
import {
  CHILD, KEY, ROOT, chunk, executed, frame, graphRead, ms, ofChild, replayStore, subAgentTrigger, submitted, taskCreated, taskFinished,
  taskUpdated, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { Item } from './frames.ts'

const GRANDCHILD = 'task-3'
const canvas = graphRead([
  { id: 'writer', type: 'agent', name: 'Writer', target_agent_id: 'agent-1' },
  { id: 'sub', type: 'orchestration', name: 'Other workflow', asset_id: 'workflow-2' },
])
const begin = (): Item[] => [submitted(), taskCreated({ at: 1 })]
const trigger = (fields: object = {}, at?: number): Item => subAgentTrigger({ id: 'evt', agent_id: 'agent-1', query: 'Write', ...fields }, { at })

function rootOf(store: WorkflowStoreState): TaskState {
  return selectTask(store, KEY)!
}
function childOf(store: WorkflowStoreState, id = CHILD): TaskState {
  return selectTask(store, id)!
}

describe('a child run', () => {
  it('is a task of its own, linked both ways, and says nothing in the text of its root', () => {
    const store = replayStore([...begin(), chunk('Root'), taskCreated(ofChild()), chunk('Child', { task: CHILD }), chunk(' text')])

    expect(rootOf(store)).toMatchObject({ text: 'Root text', childTaskIds: [CHILD], parentTaskId: null, unassigned: [{ kind: 'subAgent', taskId: CHILD }] })
    expect(childOf(store)).toMatchObject({ taskId: CHILD, parentTaskId: ROOT, text: 'Child', status: 'pending', connection: 'open', workflowId: 'agent-1' })
    expect(selectTaskIds(store)).toEqual([ROOT])
    expect(selectTaskIds(store, { parentTaskId: ROOT })).toEqual([CHILD])
  })

  it.each<[string, readonly Item[]]>([
    ['by the id in the trigger', [trigger({ child_task_id: CHILD }, 2), taskCreated(ofChild({ at: 3, agent_id: 'someone' }))]],
    ['by the agent of the trigger', [trigger({}, 2), taskCreated(ofChild({ at: 3 }))]],
    ['by the agent, once a record says which it is', [trigger({}, 2), chunk('Hi', { at: 3, task: CHILD }), taskUpdated(ofChild({ at: 4 }))]],
    ['by a trigger that comes after it', [taskCreated(ofChild({ at: 2 })), trigger({}, 3)]],
    ['by a trigger that comes after it and names it', [chunk('Hi', { at: 2, task: CHILD }), trigger({ child_task_id: CHILD }, 3)]],
  ])('joins the step that triggered it, %s', (_, items) => {
    const store = replayStore([...begin(), canvas, ...items])

    const steps = rootOf(store).timeline.flatMap((node) => node.steps)
    expect(steps).toMatchObject([{ kind: 'subAgent', taskId: CHILD, query: 'Write', triggerId: 'evt', status: 'running', endedAt: null }])
    expect(childOf(store).parentNodeId).toBe('writer')
  })

  it('ends its step with its own outcome, and the attempt of the node whose run it was', () => {
    const store = replayStore([...begin(), canvas, trigger({}, 2), taskCreated(ofChild({ at: 3 })), taskFinished(ofChild({ at: 7, status: 'failed' }))])

    expect(childOf(store)).toMatchObject({ status: 'failed', connection: 'closed', finishedAt: ms(7) })
    expect(rootOf(store)).toMatchObject({
      status: 'pending', timeline: [{ id: 'writer', status: 'failed', attempts: [{ startedAt: ms(2), endedAt: ms(7) }], steps: [{ status: 'failed', endedAt: ms(7) }] }],
    })
  })

  it('leaves the node running whose own run it was not', () => {
    const store = replayStore([
      ...begin(), canvas, taskCreated(ofChild({ at: 3, agent_id: 'helper' })), subAgentTrigger({ agent_id: 'helper', query: 'Help', graph_node_id: 'writer' }, { at: 4 }),
      taskFinished(ofChild({ at: 7, agent_id: 'helper' })),
    ])

    expect(rootOf(store).timeline).toMatchObject([{ id: 'writer', status: 'running', steps: [{ status: 'completed', endedAt: ms(7) }] }])
    expect(childOf(store)).toMatchObject({ status: 'completed', parentNodeId: 'writer' })
  })

  it('goes to the node that its trigger names, even when that arrives late', () => {
    const store = replayStore([
      ...begin(), taskCreated(ofChild({ at: 3 })), chunk('Root', { at: 5 }), subAgentTrigger({ agent_id: 'agent-1', query: 'Write', graph_node_id: 'writer' }, { at: 4 }),
    ])

    expect(rootOf(store)).toMatchObject({ unassigned: [], timeline: [{ id: 'writer', steps: [{ taskId: CHILD, query: 'Write' }] }] })
    expect(childOf(store).parentNodeId).toBe('writer')
  })

  it('of a sub-workflow runs in its node', () => {
    const store = replayStore([...begin(), canvas, taskCreated(ofChild({ at: 2, agent_id: 'workflow-2' })), executed('inner', ofChild({ at: 3, agent_id: 'workflow-2' }))])

    expect(rootOf(store).timeline).toMatchObject([{ id: 'sub', type: 'orchestration', status: 'running', steps: [{ taskId: CHILD }] }])
    expect(childOf(store)).toMatchObject({ parentNodeId: 'sub', timeline: [{ id: 'inner', status: 'completed' }] })
  })

  it('takes its steps along when it turns out which node it is in', () => {
    const items = [taskCreated(ofChild({ at: 2 })), toolCallRequest({ at: 3, task: CHILD, call: 'c' }), toolCallResult({ at: 4, task: CHILD, call: 'c' })]

    for (const store of [replayStore([...begin(), ...items, canvas]), replayStore([...begin(), canvas, ...items])]) {
      expect(childOf(store)).toMatchObject({ unassigned: [], timeline: [{ id: 'writer', steps: [{ toolCallId: 'c', attempt: 0 }] }] })
    }
  })

  it('settles with its root', () => {
    const store = replayStore([...begin(), taskCreated(ofChild({ at: 2 })), toolCallRequest({ at: 3, task: CHILD, call: 'c', node: 'n' }), taskFinished({ at: 9, status: 'stopped' })])

    expect(childOf(store)).toMatchObject({ status: 'stopped', connection: 'closed', finishedAt: ms(9), timeline: [{ status: 'stopped', steps: [{ status: 'unanswered' }] }] })
    expect(rootOf(store).unassigned).toMatchObject([{ kind: 'subAgent', status: 'unanswered' }])
  })

  it('hears what happens to the line that it comes on', () => {
    const items = [...begin(), taskCreated(ofChild()), { kind: 'dropped', key: KEY, at: ms(9) } satisfies Fact]

    expect(childOf(replayStore(items))).toMatchObject({ status: 'pending', connection: 'recovering', error: null })
  })

  it('never ends its root, whatever it sends', () => {
    const store = replayStore([...begin(), taskCreated(ofChild()), taskFinished(ofChild({ result: 'Child' })), frame('error', { error: 'worker lost' }, { task: CHILD })])

    expect(rootOf(store)).toMatchObject({ status: 'pending', text: '', error: null })
  })

  it('is none that came after the end of its root', () => {
    const store = replayStore([...begin(), taskFinished(), taskCreated(ofChild())])

    expect(Object.keys(store.tasks)).toEqual([ROOT])
  })

  it('of an agent that remembers runs again in the next turn, and is linked there too', () => {
    const store = replayStore([
      ...begin(), canvas, trigger({}, 2), taskCreated(ofChild({ at: 3 })), taskFinished(ofChild({ at: 4, result: 'One' })), taskFinished({ at: 5 }),
      submitted('More', { key: 'submit-2', continues: ROOT }), taskCreated({ at: 11 }), trigger({ query: 'Again' }, 12),
      taskCreated(ofChild({ at: 13, input: { text: 'Again' } })), taskFinished(ofChild({ at: 15, result: 'Two' })),
    ])

    expect(childOf(store)).toMatchObject({ text: 'Two', turns: [{ text: 'One' }, { text: 'Two', input: { text: 'Again' } }] })
    expect(rootOf(store).timeline).toMatchObject([{ id: 'writer', status: 'completed', steps: [{ taskId: CHILD, query: 'Again', endedAt: ms(15) }] }])
  })
})

describe('a run of which only a frame from before is seen', () => {
  it('makes no task', () => {
    const before = [...begin(), canvas, taskFinished({ at: 5 }), taskCreated({ at: 11 })]

    expect(replayStore([...before, chunk('late', { at: 3, task: CHILD })])).toEqual(replayStore(before))
  })
})

describe('two triggers of one agent', () => {
  const two = [trigger({ id: 't1', query: 'First' }, 2), trigger({ id: 't2', query: 'Second' }, 3)]

  it('get the runs that were asked the same', () => {
    const store = replayStore([...begin(), canvas, ...two, taskCreated(ofChild({ at: 4, input: { text: 'Second' } })), taskCreated(ofChild({ at: 5, input: { text: 'First' } }, GRANDCHILD))])

    expect(rootOf(store).timeline[0]?.steps).toMatchObject([{ query: 'First', taskId: GRANDCHILD }, { query: 'Second', taskId: CHILD }])
  })

  it('of one node get their runs in order when nothing tells', () => {
    const store = replayStore([...begin(), canvas, ...two, taskUpdated(ofChild({ at: 4 })), taskUpdated(ofChild({ at: 5 }, GRANDCHILD))])

    expect(rootOf(store).timeline[0]?.steps).toMatchObject([{ taskId: CHILD }, { taskId: GRANDCHILD }])
  })

  it('of two nodes wait until it can be told which run is whose', () => {
    const apart = [
      subAgentTrigger({ agent_id: 'agent-1', query: 'First', graph_node_id: 'a' }, { at: 2 }), subAgentTrigger({ agent_id: 'agent-1', query: 'Second', graph_node_id: 'b' }, { at: 3 }),
      taskUpdated(ofChild({ at: 4 })),
    ]

    expect(childOf(replayStore([...begin(), ...apart])).parentNodeId).toBeUndefined()
    const store = replayStore([...begin(), ...apart, taskCreated(ofChild({ at: 5, input: { text: 'First' } }, GRANDCHILD)), taskUpdated(ofChild({ at: 6 }))])
    expect(childOf(store).parentNodeId).toBe('b')
    expect(childOf(store, GRANDCHILD).parentNodeId).toBe('a')
  })
})

describe('a child run of a child run', () => {
  const grandchild = (fields: object = {}) => ofChild({ agent_id: 'agent-2', ...fields }, GRANDCHILD)

  it.each<[string, readonly Item[]]>([
    ['names its parent', [taskCreated(grandchild({ at: 4, parent_execution: CHILD }))]],
    ['was named by its parent', [taskUpdated(ofChild({ at: 4, sub_executions: [GRANDCHILD] })), taskCreated(grandchild({ at: 5 }))]],
    ['names its parent later', [chunk('Hi', { at: 4, task: GRANDCHILD }), taskUpdated(grandchild({ at: 5, parent_execution: CHILD }))]],
    ['was triggered by its parent', [subAgentTrigger({ agent_id: 'agent-2', query: 'Deep', child_task_id: GRANDCHILD }, { at: 4, task: CHILD }), taskCreated(grandchild({ at: 5 }))]],
  ])('is linked to it when it %s', (_, items) => {
    const store = replayStore([...begin(), canvas, taskCreated(ofChild({ at: 2 })), ...items])

    expect(rootOf(store).childTaskIds).toEqual([CHILD])
    expect(childOf(store)).toMatchObject({ childTaskIds: [GRANDCHILD], timeline: [{ id: 'writer', steps: [{ kind: 'subAgent', taskId: GRANDCHILD }] }] })
    expect(childOf(store, GRANDCHILD)).toMatchObject({ parentTaskId: CHILD, parentNodeId: 'writer' })
  })

  it('is linked once its parent shows up after it', () => {
    const early = [...begin(), canvas, taskCreated(grandchild({ at: 2, parent_execution: CHILD }))]

    expect(rootOf(replayStore(early)).unassigned).toEqual([])
    const store = replayStore([...early, taskCreated(ofChild({ at: 3 })), taskUpdated(grandchild({ at: 4, parent_execution: CHILD }))])
    expect(rootOf(store).childTaskIds).toEqual([CHILD])
    expect(childOf(store, GRANDCHILD)).toMatchObject({ parentTaskId: CHILD, parentNodeId: 'writer' })
  })

  it('stays with the parent that it was linked to', () => {
    const store = replayStore([...begin(), taskCreated(ofChild({ at: 2 })), taskCreated(grandchild({ at: 3 })), taskUpdated(grandchild({ at: 4, parent_execution: CHILD }))])

    expect(childOf(store, GRANDCHILD).parentTaskId).toBe(ROOT)
    expect(rootOf(store).childTaskIds).toEqual([CHILD, GRANDCHILD])
  })

  it('of a child run that is over is one of the root', () => {
    const store = replayStore([...begin(), taskCreated(ofChild({ at: 2 })), taskFinished(ofChild({ at: 3 })), taskCreated(grandchild({ at: 4, parent_execution: CHILD }))])

    expect(childOf(store, GRANDCHILD)).toMatchObject({ parentTaskId: ROOT, status: 'pending' })
    expect(childOf(store)).toMatchObject({ status: 'completed', childTaskIds: [] })
  })

  it('is over for good with its parent', () => {
    const items = [...begin(), taskCreated(ofChild({ at: 2 })), taskCreated(grandchild({ at: 3, parent_execution: CHILD })), taskFinished(ofChild({ at: 4 }))]

    expect(replayStore([...items, taskCreated(grandchild({ at: 5, parent_execution: CHILD }))])).toEqual(replayStore(items))
  })

  it('is not the parent of its own parent, whatever that says', () => {
    const store = replayStore([...begin(), chunk('Hi', { at: 2, task: CHILD }), taskCreated(grandchild({ at: 3, parent_execution: CHILD })), taskUpdated(ofChild({ at: 4, parent_execution: GRANDCHILD }))])

    expect(childOf(store).parentTaskId).toBe(ROOT)
    expect(childOf(store, GRANDCHILD).parentTaskId).toBe(CHILD)
  })

  it('settles with its parent', () => {
    const store = replayStore([...begin(), taskCreated(ofChild({ at: 2 })), taskCreated(grandchild({ at: 3, parent_execution: CHILD })), taskFinished(ofChild({ at: 4 }))])

    expect(childOf(store, GRANDCHILD)).toMatchObject({ status: 'completed', finishedAt: ms(4) })
    expect(rootOf(store).status).toBe('pending')
  })
})

describe('frames of somebody else on our line', () => {
  it('change nothing of another root, nor of its child runs', () => {
    const before = replayStore([submitted('Other', { key: 'other' }), taskCreated({ at: 1, task: 'other-task' }), taskCreated(ofChild({ at: 2 }, 'other-child')), ...begin()])

    const store = replayStore([
      submitted('Other', { key: 'other' }), taskCreated({ at: 1, task: 'other-task' }), taskCreated(ofChild({ at: 2 }, 'other-child')), ...begin(),
      taskFinished({ task: 'other-task', result: 'Mine?' }), chunk('Mine?', { task: 'other-child' }),
    ])

    expect(store).toEqual(before)
  })
})
