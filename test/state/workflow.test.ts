import { describe, expect, it } from 'vitest'
import type { Fact } from '../../src/state/fact.ts'
import { reduceTask } from '../../src/state/reduceTask.ts'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import { selectTask, selectTaskIds } from '../../src/state/selectors.ts'
import { EMPTY_STORE, EMPTY_TASK } from '../../src/state/emptyState.ts'
import {
  CHILD, KEY, ROOT, chunk, executed, failure, frame, graphRead, ms, ofChild, replay, replayStore, submitted, taskCreated, taskFinished, taskUpdated,
  toFacts, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { Item } from './frames.ts'

const conversation = (): Item[] => [submitted('One'), taskCreated({ at: 1 }), taskFinished({ at: 2, result: 'First' })]

describe('naming a task', () => {
  it('keeps a submit under its key until a frame names the task', () => {
    const early = replayStore([submitted()])
    const store = replayStore([submitted(), frame('connected', {}), taskCreated()])

    expect(Object.keys(early.tasks)).toEqual([KEY])
    expect(Object.keys(store.tasks)).toEqual([ROOT])
    expect(store.aliases).toEqual({ [KEY]: ROOT })
    expect(selectTask(store, KEY)).toBe(selectTask(store, ROOT))
    expect(selectTask(store, 'unknown')).toBeUndefined()
    expect(selectTask(store, undefined)).toBeUndefined()
  })

  it('puts a frame without an id into the streamed task', () => {
    const items = [submitted(), { type: 'task_created', data: { status: 'pending' } }, { type: 'chunk', data: 'Hi' }]

    expect(replay(items)).toMatchObject({ taskId: undefined, text: 'Hi' })
  })

  it('lets a continued task go on under its id, known by every key', () => {
    const store = replayStore([...conversation(), submitted('Two', { key: 'submit-2', continues: ROOT }), taskCreated({ at: 11 })])

    expect(Object.keys(store.tasks)).toEqual([ROOT])
    expect(selectTask(store, KEY)).toBe(selectTask(store, 'submit-2'))
    expect(selectTask(store, ROOT)).toMatchObject({ continuedFrom: null, turns: [{ text: 'First' }, { input: { text: 'Two' } }] })
  })

  it('lets another id win over the one that was continued, which stays what it was', () => {
    const talk = [submitted('One'), taskCreated({ at: 1 }), taskCreated(ofChild({ at: 1.5 })), taskFinished({ at: 2, result: 'First' })]
    const before = replayStore(talk)

    const store = replayStore([...talk, submitted('Two', { key: 'submit-2', continues: ROOT }), taskCreated({ at: 11, task: 'task-9' })])

    expect(selectTask(store, 'submit-2')).toMatchObject({ taskId: 'task-9', status: 'pending', continuedFrom: ROOT, childTaskIds: [], turns: [{ text: 'First' }, { input: { text: 'Two' } }] })
    expect(selectTask(store, ROOT)).toEqual(selectTask(before, ROOT))
    expect(selectTask(store, KEY)?.taskId).toBe(ROOT)
  })

  it('leaves nothing behind of a task that was continued without being known', () => {
    const store = replayStore([submitted('Two', { continues: 'elsewhere' }), taskCreated({ task: 'task-9' })])

    expect(Object.keys(store.tasks)).toEqual(['task-9'])
    expect(selectTask(store, KEY)).toMatchObject({ taskId: 'task-9', continuedFrom: 'elsewhere' })
  })

  it('is named neither by a known child run nor by what is of the turn before', () => {
    const items = [
      submitted('One'), taskCreated({ at: 1 }), taskCreated(ofChild({ at: 2 })), taskFinished({ at: 3, result: 'First' }), submitted('Two', { key: 'submit-2', continues: ROOT }),
      chunk('late', { at: 2.5, task: CHILD }), chunk('late', { at: 2.5, task: 'elsewhere' }), taskCreated({ at: 11 }),
    ]

    expect(replay(items)).toMatchObject({ taskId: ROOT, status: 'pending', continuedFrom: null })
    expect(Object.keys(replayStore(items).tasks)).toEqual([ROOT, CHILD])
  })

  it('is not named by a child run that speaks first, even when that still runs', () => {
    const items = [
      submitted('One'), taskCreated({ at: 1 }), taskCreated(ofChild({ at: 2 })), { kind: 'disconnected', key: KEY } satisfies Fact, submitted('Two', { key: 'submit-2', continues: ROOT }),
      chunk('still here', { at: 12, task: CHILD }), taskCreated({ at: 13 }),
    ]

    expect(replay(items)).toMatchObject({ taskId: ROOT, status: 'pending', continuedFrom: null })
    expect(selectTask(replayStore(items), CHILD)?.text).toBe('still here')
  })

  it('keeps its name when a child run speaks first in a turn that nobody here asked for', () => {
    const items = [...conversation(), taskCreated({ at: 11 }), taskUpdated(ofChild({ at: 12 })), taskFinished({ at: 13, result: 'Second' })]

    expect(replay(items)).toMatchObject({ taskId: ROOT, text: 'Second', turns: [{}, {}] })
  })
})

describe('facts of what nobody knows', () => {
  it.each<Fact>([
    { kind: 'opened', key: 'unknown' },
    { kind: 'dropped', key: 'unknown', at: 0 },
    { kind: 'disconnected', key: 'unknown' },
    { kind: 'refused', key: 'unknown', error: failure() },
    { kind: 'stopRequested', key: 'unknown' },
    { kind: 'stopFailed', key: 'unknown', error: failure() },
    { kind: 'outputChecked', key: 'unknown', output: 1, issues: null },
    { kind: 'shown', conversation: 'view', key: undefined },
  ])('make no task: $kind', (fact) => {
    expect(reduceWorkflow(EMPTY_STORE, [fact])).toBe(EMPTY_STORE)
  })
})

describe('forgetting', () => {
  it('takes tasks with their keys and the conversations that showed them, and nothing else', () => {
    const store = replayStore([
      ...conversation(), submitted('Other', { key: 'other' }), taskCreated({ task: 'other-task' }),
      { kind: 'shown', conversation: 'view', key: KEY }, { kind: 'shown', conversation: 'view by id', key: ROOT }, { kind: 'shown', conversation: 'other view', key: 'other' },
      { kind: 'forgotten', taskIds: [ROOT] },
    ])

    expect(Object.keys(store.tasks)).toEqual(['other-task'])
    expect(store.aliases).toEqual({ other: 'other-task' })
    expect(store.conversations).toEqual({ 'other view': 'other' })
  })
})

describe('a conversation', () => {
  it('shows what it was told to show last, and nothing once it was reset', () => {
    const shown = replayStore([{ kind: 'shown', conversation: 'view', key: 'a' }, { kind: 'shown', conversation: 'view', key: 'b' }])

    expect(shown.conversations).toEqual({ view: 'b' })
    expect(replayStore([{ kind: 'shown', conversation: 'view', key: undefined }], { state: shown }).conversations).toEqual({})
  })
})

describe('selectTaskIds', () => {
  it.each([
    [{}, [ROOT, 'other-task']],
    [{ workflowId: 'workflow-2' }, ['other-task']],
    [{ status: 'completed' as const }, [ROOT]],
    [{ status: ['pending', 'executing'] as const }, ['other-task']],
    [{ parentTaskId: ROOT }, [CHILD]],
    [{ parentTaskId: 'other-task' }, []],
  ])('answers %j with %j', (filter, ids) => {
    const store = replayStore([
      submitted('One'), taskCreated(), taskCreated(ofChild()), taskFinished(), submitted('Other', { key: 'other', workflowId: 'workflow-2' }), taskCreated({ task: 'other-task' }),
    ])

    expect(selectTaskIds(store, filter)).toEqual(ids)
  })
})

describe('names that every object answers to', () => {
  it.each(['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'valueOf'])('do no harm as ids and keys: %s', (name) => {
    const plain = Object.keys(Object.prototype)
    const items = (word: string): Item[] => [
      submitted('Hi', { key: word, workflowId: word }), taskCreated({ at: 1, task: word, id: word, agent_id: word }),
      graphRead([{ id: word, type: 'parallel', name: word, operation_id: word, target_agent_id: word, definition: { nodes: [{ id: `${word} in`, type: 'action' }] } }], word),
      toolCallRequest({ at: 2, task: word, call: word, request: word, operation: word, node: `${word} in` }),
      toolCallResult({ at: 3, task: word, call: word, request: word, operation: word, node: `${word} in` }),
      executed(word, { at: 4, task: word }), taskCreated(ofChild({ at: 5, agent_id: word }, `${word} child`)), taskFinished({ at: 6, task: word, result: word }),
      { kind: 'shown', conversation: word, key: word },
    ]
    const ordinary = replayStore(items('word'))
    const spelled = (value: unknown): string => JSON.stringify(value, (_, inner: unknown) =>
      typeof inner === 'object' && inner !== null && !Array.isArray(inner) ? Object.entries(inner) : inner)

    const store = replayStore(items(name))

    expect(spelled(store)).toBe(spelled(ordinary).replaceAll('word', name))
    expect(selectTask(store, name)).toMatchObject({ status: 'completed', text: name })
    expect(Object.keys(Object.prototype)).toEqual(plain)
    expect(replayStore([{ kind: 'forgotten', taskIds: [name, `${name} child`] }], { state: store })).toMatchObject({ tasks: {}, aliases: {}, conversations: {} })
  })
})

describe('a canvas', () => {
  it('that was read before the task is known is used from its first frame', () => {
    const items = [graphRead([{ id: 'a', type: 'action', name: 'Look up', operation_id: 'op' }]), taskCreated({ at: 1 }), toolCallRequest({ at: 2, operation: 'op' })]

    for (const batches of [[1], [3]]) expect(replay(items, { batches }).timeline).toMatchObject([{ id: 'a', name: 'Look up' }])
  })

  it('of one workflow says nothing of the runs of another', () => {
    const task = replay([submitted(), taskCreated(), toolCallRequest({ operation: 'op' }), graphRead([{ id: 'a', type: 'action', operation_id: 'op' }], 'workflow-2')])

    expect(task).toMatchObject({ timeline: [], unassigned: [{ operationId: 'op' }], progress: null })
  })
})

describe('reduceTask', () => {
  it('draws the conclusions for one task alone, and takes nothing for it that is of another', () => {
    const facts = toFacts([taskCreated({ at: 1 }), chunk('Hi', { at: 2 }), taskFinished(ofChild({ at: 3 })), taskUpdated({ at: 4 })])

    const task = reduceTask(EMPTY_TASK, facts.filter((fact) => fact.kind === 'received'))

    expect(task).toMatchObject({ taskId: ROOT, status: 'executing', text: 'Hi', connection: 'open', startedAt: ms(1) })
  })
})
