import { describe, expect, it } from 'vitest'
import { decodeTask } from '../../src/protocol/task.ts'
import { decodeThread } from '../../src/protocol/thread.ts'
import type { Fact } from '../../src/state/fact.ts'
import {
  CLOCK_SKEW_MS, KEY, ROOT, WORKFLOW, chunk, executed, failure, graphRead, ms, paused, replay, replayStore, submitted, taskCreated, taskFinished, taskUpdated, toolCallRequest,
} from './frames.ts'
import type { Item } from './frames.ts'

const isoOf = (second: number): string => new Date(ms(second)).toISOString()

interface Polled {
  /** Seconds of the server's clock at which it was asked for; it is answered at once. */
  readonly asked?: number
  readonly key?: string
  /** The messages of the thread: each a role and a text, and a second when it is known. */
  readonly thread?: readonly (readonly [role: string, content: string, at?: number])[]
  readonly [field: string]: unknown
}

/** A record that was read of the root task. */
function polled(status: string | undefined, { asked = 100, key = KEY, thread = [], ...fields }: Polled = {}): Fact {
  const task = decodeTask({ id: ROOT, agent_id: WORKFLOW, status, ...fields })
  if (!task) throw new Error('no record')
  const messages = decodeThread(thread.map(([role, content, at]) => ({ role, content, created_at: at === undefined ? undefined : isoOf(at) })))
  return { kind: 'polled', key, at: ms(asked) + CLOCK_SKEW_MS, askedAt: ms(asked) + CLOCK_SKEW_MS, task, messages }
}

/** The answer to a stop of the root task that asked for `Hi` and ended at second 8. */
function stopAnswered(status: string, fields: object = {}): Fact {
  return { kind: 'stopAnswered', key: ROOT, at: ms(9), task: decodeTask({ id: ROOT, status, input: { text: 'Hi' }, finished_at: isoOf(8), ...fields }) }
}

const dropped: Fact = { kind: 'dropped', key: KEY, at: ms(90) }
const followed: Fact = { kind: 'followed', key: ROOT, taskId: ROOT }
const begun: readonly Item[] = [submitted(), taskCreated({ at: 1 }), taskUpdated({ at: 2, started_at: isoOf(2) }), chunk('Hel', { at: 3 })]

/** A first turn that ended at second 10, and a second one that broke. */
const second = (text = 'Two'): readonly Item[] => [
  ...begun, taskFinished({ at: 10, result: 'One!', finished_at: isoOf(10) }),
  { ...submitted(text, { key: 'submit-2', continues: ROOT }), at: ms(20) + CLOCK_SKEW_MS } as Fact,
  taskCreated({ at: 21, input: { text } }), taskUpdated({ at: 22 }), chunk('Tw', { at: 23 }), { ...dropped, key: 'submit-2' },
]
const ofSecond = { key: 'submit-2' }

describe('a turn that is read', () => {
  it.each<[string, readonly Item[], object]>([
    ['that runs', [polled('executing')], { status: 'executing', connection: 'polling', text: 'Hel', hasGap: true, error: null }],
    ['with a word that nobody knows', [polled('dreaming')], { status: 'executing', rawStatus: 'dreaming' }],
    ['without a status', [polled(undefined)], { status: 'executing', connection: 'polling' }],
    ['that has completed', [polled('completed', { result: 'Hello!', finished_at: isoOf(50) })],
      { status: 'completed', connection: 'closed', text: 'Hello!', result: 'Hello!', hasGap: true, finishedAt: ms(50) }],
    ['that has completed at a time that is not said', [polled('completed', { result: 'Hello!' })], { status: 'completed', finishedAt: ms(100) }],
    ['that has failed', [polled('failed', { result: 'No' })], { status: 'failed', result: 'No' }],
    ['that was stopped', [{ kind: 'stopRequested', key: KEY }, polled('stopped')], { status: 'stopped', isStopping: false }],
    ['that is still being stopped', [{ kind: 'stopRequested', key: KEY }, polled('executing')], { status: 'executing', isStopping: true }],
    ['with its tokens', [polled('completed', { tokens: { total_tokens: 7 } })], { usage: { totalTokens: 7 } }],
    ['with its plan', [polled('executing', { deep_planning: { enabled: true, tasks: [{ id: 'p', title: 'P', completed: true }] } })], { plan: { tasks: [{ id: 'p' }] } }],
    ['with a sign-in', [polled('paused', { pending_eca_request: { connector_name: 'mail', auth_url: 'https://a' } })], { auth: { url: 'https://a', serverName: 'mail' } }],
    ['with child runs', [polled('executing', { sub_executions: ['task-2', ROOT] })], { childTaskIds: ['task-2'] }],
  ])('says what the record says: %s', (_, facts, shown) => {
    const task = replay([...begun, dropped, ...facts])

    expect(task).toMatchObject(shown)
    expect(task.turns).toHaveLength(1)
  })

  it('waits for an approval while it is paused, and no longer when it goes on', () => {
    const waiting = [...begun, dropped, polled('paused', { hitl_request: { wait_node_id: 'wait', title: 'OK?' }, paused_at: isoOf(40) })]

    expect(replay(waiting)).toMatchObject({ status: 'paused', waiting: { nodeId: 'wait', title: 'OK?', since: ms(40) } })
    expect(replay([...waiting, polled('executing', { asked: 110 })])).toMatchObject({ status: 'executing', waiting: null, timeline: [{ id: 'wait', waits: [{ startedAt: ms(40), endedAt: ms(110) }] }] })
  })

  it('closes the node that the record names, and makes one attempt without a start of a node that was not seen', () => {
    const items = [...begun, toolCallRequest({ at: 4, node: 'a', call: 'c' }), executed('a', { at: 5 }), dropped, polled('executing', { last_executed_node_id: 'b' })]

    expect(replay([...items, polled('executing', { asked: 110, last_executed_node_id: 'b' })]).timeline).toMatchObject([
      { id: 'a', attempts: [{ endedAt: ms(5) }] }, { id: 'b', attempts: [{ startedAt: null, endedAt: ms(100), status: 'completed' }] },
    ])
  })

  it('says of no node that it ended later than the run', () => {
    const ended = polled('completed', { asked: 100, finished_at: isoOf(50), last_executed_node_id: 'b' })

    for (const items of [[...begun, dropped, ended], [...begun, taskFinished({ at: 51, finished_at: isoOf(50), last_executed_node_id: 'b' })]]) {
      expect(replay(items)).toMatchObject({ finishedAt: ms(50), timeline: [{ id: 'b', executions: [ms(50)], attempts: [{ startedAt: null, endedAt: ms(50) }] }] })
    }
  })

  it.each<[string, readonly Item[], string]>([
    ['of which some was seen', [polled('completed', { thread: [['user', 'Hi'], ['assistant', 'Hello!']] })], 'Hello!'],
    ['that has a result as well', [polled('completed', { result: 'Result', thread: [['user', 'Hi'], ['assistant', 'Hello!']] })], 'Result'],
    ['whose last message says nothing', [polled('completed', { thread: [['user', 'Hi'], ['assistant', 'Hello!'], ['assistant', '']] })], 'Hello!'],
    ['with messages of tools', [polled('completed', { thread: [['system', 'Be nice'], ['user', 'Hi'], ['assistant', 'Hello!'], ['tool', '{}']] })], 'Hello!'],
    ['of which more was seen', [polled('completed', { thread: [['user', 'Hi'], ['assistant', 'He']] })], 'Hel'],
    ['that is not in the thread yet', [polled('completed', { thread: [['user', 'Before'], ['assistant', 'Before!']] })], 'Hel'],
    ['without a thread', [polled('completed')], 'Hel'],
  ])('takes its text from the thread: one %s', (_, facts, text) => {
    expect(replay([...begun, dropped, ...facts])).toMatchObject({ status: 'completed', text })
  })

  it('says nothing new when it was asked for before another that was answered', () => {
    const newer = [...begun, dropped, polled('paused', { asked: 120, last_executed_node_id: 'b' })]

    expect(replay([...newer, polled('executing', { asked: 110, last_executed_node_id: 'a' })])).toEqual(replay(newer))
    expect(replay([...newer, polled('completed', { asked: 110 })]).status).toBe('paused')
  })

  it('says nothing of a turn that was submitted after it was asked for', () => {
    const task = replay([...second(), polled('completed', { ...ofSecond, asked: 19, result: 'One!', finished_at: isoOf(99) })])

    expect(task).toMatchObject({ status: 'executing', text: 'Tw', connection: 'recovering' })
  })

  it('changes nothing of a turn that is over', () => {
    const over = [...begun, taskFinished({ at: 10, result: 'One!', finished_at: isoOf(10) })]

    for (const late of [polled('executing'), polled('executing', { started_at: isoOf(2) }), polled('failed', { result: 'No' }), polled('completed', { result: 'Else' })]) {
      expect(replay([...over, late])).toEqual(replay(over))
    }
  })

  it.each([
    ['closed', { kind: 'disconnected', key: KEY }],
    ['lost', { kind: 'lost', key: KEY, error: failure('connection_lost', 'recover') }],
  ] as const)('does not open a line that is %s', (connection, end) => {
    expect(replay([...begun, dropped, end, polled('executing')]).connection).toBe(connection)
  })
})

describe('what was missed', () => {
  it.each<[string, readonly Item[], boolean]>([
    ['a stream that told all', [...begun, taskFinished({ at: 10 })], false],
    ['a stream that broke', [...begun, dropped], false],
    ['a run that is read after its stream broke', [...begun, dropped, polled('executing')], true],
    ['a stream that is read beside', [...begun, polled('executing')], false],
    ['a run that ended beside its stream', [...begun, polled('completed')], true],
    ['a record of the turn before', [...second(), polled('completed', { ...ofSecond, finished_at: isoOf(10) })], false],
    ['a run from elsewhere', [followed, polled('executing', { key: ROOT })], true],
  ])('%s: a gap is %3$s', (_, items, hasGap) => {
    expect(replay(items).hasGap).toBe(hasGap)
  })

  it('keeps a stream open that is read beside', () => {
    expect(replay([...begun, polled('executing')]).connection).toBe('open')
  })
})

// Law 3 (no lie). Broken by: snapshotEnds of reduceSnapshot.ts without `isInTime` and `isEndBefore`.
describe('the record of the turn before', () => {
  it.each<[string, Polled, string]>([
    ['by its end', { finished_at: isoOf(10), result: 'One!' }, 'executing'],
    ['by an end before this turn was heard of', { finished_at: isoOf(15), result: 'One!' }, 'executing'],
    ['by its question, without a time', { input: { text: 'Hi' }, result: 'One!' }, 'executing'],
    ['not: its end is later', { finished_at: isoOf(60), result: 'Two!' }, 'completed'],
    ['not: this question, without a time', { input: { text: 'Two' }, result: 'Two!' }, 'completed'],
    ['not: nothing tells', { result: 'Two!' }, 'completed'],
  ])('is known %s', (_, fields, status) => {
    const task = replay([...second(), polled('completed', { ...ofSecond, ...fields })])

    expect(task).toMatchObject({ status, connection: status === 'completed' ? 'closed' : 'polling', turns: [{ status: 'completed', result: 'One!' }, { status }] })
  })

  it.each<[string, readonly Item[], Polled]>([
    ['first', [submitted(), taskCreated({ at: 1 }), dropped], { finished_at: isoOf(0.99) }],
    ['second', second(), { ...ofSecond, finished_at: isoOf(20.99) }],
  ])('is not what another machine stamped a little before our %s turn', (_, items, fields) => {
    expect(replay([...items, polled('failed', { result: 'No', ...fields })])).toMatchObject({ status: 'failed', result: 'No', connection: 'closed' })
  })

  it('gives no text of its own, when both ask the same', () => {
    const task = replay([...second('Hi'), polled('completed', { ...ofSecond, finished_at: isoOf(10), thread: [['user', 'Hi'], ['assistant', 'Hello from before']] })])

    expect(task).toMatchObject({ status: 'executing', text: 'Tw' })
  })
})

describe('a turn that somebody else began', () => {
  it('comes after one that is over', () => {
    const task = replay([...begun, taskFinished({ at: 10, result: 'One!' }), polled('executing', { started_at: isoOf(30), input: { text: 'Two' } })])

    expect(task).toMatchObject({ status: 'executing', input: { text: 'Two' }, text: '', startedAt: ms(30), hasGap: true, turns: [{ result: 'One!' }, { input: { text: 'Two' } }] })
  })

  it('comes after one whose end was not seen, whose result it is not', () => {
    const told = taskUpdated({ at: 8, input: { text: 'Hi' } })

    const task = replay([...begun, told, dropped, polled('completed', { started_at: isoOf(30), finished_at: isoOf(60), input: { text: 'Two' }, result: 'Two!' })])

    expect(task).toMatchObject({ status: 'completed', result: 'Two!', turns: [{ input: { text: 'Hi' }, status: 'executing', text: 'Hel', result: null }, { result: 'Two!' }] })
  })

  it.each<[string, Polled]>([
    ['the question is the same', { started_at: isoOf(30), input: { text: 'Hi' } }],
    ['no question is said', { started_at: isoOf(30) }],
    ['it began when ours did', { started_at: isoOf(2), input: { text: 'Hi there' } }],
    ['no beginning is said', { input: { text: 'Hi there' } }],
  ])('is not thought of when %s', (_, fields) => {
    expect(replay([...begun, dropped, polled('executing', fields)]).turns).toHaveLength(1)
  })

  it('is not thought of where the service writes our question down otherwise', () => {
    const trimmed = { started_at: isoOf(30), input: { text: 'H' } }

    const task = replay([...begun, dropped, polled('executing', trimmed), polled('executing', trimmed), polled('completed', { ...trimmed, finished_at: isoOf(60), result: 'Hi!' })])

    expect(task).toMatchObject({ status: 'completed', result: 'Hi!', turns: [{ input: { text: 'Hi' } }] })
  })

  it('is not thought of while ours has not begun', () => {
    const task = replay([submitted(), taskCreated({ at: 1 }), dropped, polled('executing', { started_at: isoOf(5), input: { text: 'hi' } })])

    expect(task.turns).toHaveLength(1)
  })
})

describe('a task from elsewhere', () => {
  const found = (status: string, fields: Polled = {}): ReturnType<typeof replay> => replay([followed, polled(status, { key: ROOT, ...fields })])
  const question = (text: string): Polled => ({ input: { text } })

  it('says what its record says', () => {
    const task = found('executing', { ...question('Hi'), created_at: isoOf(1), started_at: isoOf(2), last_executed_node_id: 'a' })

    expect(task).toMatchObject({
      taskId: ROOT, workflowId: WORKFLOW, status: 'executing', connection: 'polling', createdAt: ms(1), startedAt: ms(2), hasGap: true,
      timeline: [{ id: 'a', attempts: [{ startedAt: null }] }],
    })
  })

  it.each<[string, ReturnType<typeof replay>, object[]]>([
    ['no thread', found('executing', question('Hi')), [{ input: { text: 'Hi' }, status: 'executing', text: '' }]],
    ['no thread and no question', found('executing'), [{ input: null, status: 'executing' }]],
    ['a question under way', found('executing', { ...question('Hi'), thread: [['user', 'Hi', 1]] }), [{ input: { text: 'Hi' }, status: 'executing', text: '', startedAt: ms(1) }]],
    ['a question that is written down otherwise', found('executing', { ...question('Hi'), thread: [['user', 'Hi\n[file]', 1]] }), [{ input: { text: 'Hi\n[file]' }, status: 'executing' }]],
    ['an answer under way', found('executing', { ...question('Hi'), thread: [['user', 'Hi'], ['assistant', 'Hel']] }), [{ status: 'executing', text: 'Hel' }]],
    ['earlier turns', found('executing', { ...question('Two'), thread: [['user', 'One', 1], ['assistant', 'One!', 2], ['user', 'Two', 3]] }), [
      { input: { text: 'One' }, status: 'idle', text: 'One!', result: null, startedAt: ms(1), finishedAt: null, hasGap: true },
      { input: { text: 'Two' }, status: 'executing', text: '', startedAt: ms(3) },
    ]],
    ['an earlier turn without an answer', found('executing', { ...question('Two'), thread: [['user', 'One'], ['user', 'Two']] }), [
      { input: { text: 'One' }, status: 'idle', text: '', result: null, finishedAt: null }, { input: { text: 'Two' }, status: 'executing' },
    ]],
    ['a question that the thread does not have yet', found('executing', { ...question('Two'), thread: [['user', 'One', 1], ['assistant', 'One!', 2]] }), [
      { input: { text: 'One' }, status: 'idle', text: 'One!' }, { input: { text: 'Two' }, status: 'executing' },
    ]],
    ['all turns over', found('completed', { ...question('Two'), result: 'Two!', finished_at: isoOf(4), thread: [['user', 'One', 1], ['assistant', 'One!', 2], ['user', 'Two', 3], ['assistant', 'Tw', 4]] }), [
      { input: { text: 'One' }, text: 'One!' }, { input: { text: 'Two' }, status: 'completed', text: 'Two!', result: 'Two!' },
    ]],
    ['a record of the turn before', found('completed', { ...question('One'), result: 'One!', finished_at: isoOf(2), thread: [['user', 'One', 1], ['assistant', 'One!', 2], ['user', 'Two', 3], ['assistant', 'Two!', 4]] }), [
      { input: { text: 'One' }, status: 'idle' }, { input: { text: 'Two' }, status: 'pending', text: 'Two!', result: null },
    ]],
    ['a record of the turn before, which asked the same', found('failed', { ...question('Hi'), finished_at: isoOf(2), thread: [['user', 'Hi', 1], ['user', 'Hi', 3]] }), [
      { input: { text: 'Hi' }, status: 'idle' }, { input: { text: 'Hi' }, status: 'pending' },
    ]],
    ['a thread of the turn before', found('completed', { ...question('Two'), result: 'Two!', started_at: isoOf(4), finished_at: isoOf(5), thread: [['user', 'One', 1], ['assistant', 'One!', 2]] }), [
      { input: { text: 'One' }, status: 'idle', text: 'One!' }, { input: { text: 'Two' }, status: 'completed', text: 'Two!', result: 'Two!' },
    ]],
    ['all turns over, with a question that is written down otherwise', found('completed', { ...question('Hi'), thread: [['user', 'Hi\n[file]'], ['assistant', 'Hello!']] }), [
      { status: 'completed', text: 'Hello!' },
    ]],
    ['a text and no result', found('completed', { ...question('Hi'), thread: [['user', 'Hi'], ['assistant', 'Hello!']] }), [{ status: 'completed', text: 'Hello!', result: null }]],
  ])('has the turns of its thread: %s', (_, task, turns) => {
    expect(task.turns).toMatchObject(turns)
    expect(task.turns).toHaveLength(turns.length)
    expect(new Set(task.turns.map(({ key }) => key)).size).toBe(turns.length)
  })

  it('goes on as it is read, with the same turns', () => {
    const thread = [['user', 'Hi', 1]] as const
    const task = replay([followed, polled('executing', { key: ROOT, ...question('Hi'), thread }), polled('completed', { key: ROOT, asked: 110, ...question('Hi'), result: 'Hello!', finished_at: isoOf(105) })])

    expect(task).toMatchObject({ status: 'completed', result: 'Hello!', connection: 'closed' })
    expect(task.turns).toHaveLength(1)
  })

  it.each<[string, readonly Item[]]>([
    ['the record of the turn before', [polled('completed', { key: ROOT, ...question('One'), finished_at: isoOf(2), thread: [['user', 'One', 1], ['assistant', 'One!', 2], ['user', 'Two', 3]] })]],
    ['a copy of it, after a good one', [
      polled('executing', { key: ROOT, ...question('Two'), thread: [['user', 'One', 1], ['assistant', 'One!', 2], ['user', 'Two', 3]] }),
      polled('completed', { key: ROOT, asked: 105, ...question('One'), result: 'One!', finished_at: isoOf(2) }),
    ]],
  ])('ends by its own record and by no other: %s comes first', (_, facts) => {
    const end = polled('completed', { key: ROOT, asked: 110, ...question('Two'), result: 'Two!', finished_at: isoOf(3.5) })

    expect(replay([followed, ...facts])).toMatchObject({ connection: 'polling', result: null, turns: [{ status: 'idle' }, {}] })
    expect(replay([followed, ...facts, end])).toMatchObject({ connection: 'closed', turns: [{ status: 'idle' }, { status: 'completed', result: 'Two!' }] })
  })

  it.each<[string, Fact, object]>([
    ['stopped', stopAnswered('stopped'), { status: 'stopped', isStopping: false, connection: 'closed', finishedAt: ms(8), hasGap: true, turns: [{ status: 'stopped', input: { text: 'Hi' } }] }],
    ['completed before', stopAnswered('completed', { result: 'Hello!' }), { status: 'completed', isStopping: false, text: 'Hello!', turns: [{ result: 'Hello!' }] }],
    ['running', stopAnswered('executing'), { status: 'idle', isStopping: true, connection: 'connecting', turns: [] }],
  ])('is stopped before anything was seen of it: the answer says %s', (_, answer, shown) => {
    const task = replay([followed, { kind: 'stopRequested', key: ROOT }, answer])

    expect(task).toMatchObject(shown)
    const read = replay([followed, { kind: 'stopRequested', key: ROOT }, answer, polled('executing', { key: ROOT, asked: 1, ...question('Hi') })])
    expect(read.isStopping).toBe(task.isStopping)
  })

  it('is on its canvas, whichever was read first', () => {
    const graph = graphRead([{ id: 'a', type: 'agent', name: 'Writer' }])
    const record = polled('executing', { key: ROOT, last_executed_node_id: 'a' })

    for (const items of [[followed, record, graph], [graph, followed, record]]) {
      expect(replay(items)).toMatchObject({ canvasId: WORKFLOW, timeline: [{ id: 'a', name: 'Writer', type: 'agent' }], progress: { done: 1, total: 1 } })
    }
  })

  it('makes no task of a record that nobody follows', () => {
    expect(replayStore([polled('executing', { key: 'task-9' })]).tasks).toEqual({})
  })
})

it('comes to the same state however the facts are split', () => {
  const items = [
    ...second(), polled('completed', { ...ofSecond, finished_at: isoOf(10) }), polled('paused', { ...ofSecond, asked: 110, hitl_request: { wait_node_id: 'wait' } }),
    paused('wait', { at: 111 }), polled('executing', { ...ofSecond, asked: 109 }), polled('completed', { ...ofSecond, asked: 120, result: 'Two!', finished_at: isoOf(119) }),
  ]

  for (const batches of [[2], [3], [1, 5], [100]]) expect(replay(items, { batches })).toEqual(replay(items))
})

it('forgets that a read was refused once the task is followed again, and when it has ended', () => {
  const refused: Item = { kind: 'lost', key: KEY, error: failure('unauthorized', 'recover') }
  const lost = [...begun, dropped, refused]
  expect(replay(lost).error?.code).toBe('unauthorized')

  expect(replay([...lost, followed]).error).toBeNull()
  expect(replay([...lost, polled('completed', { finished_at: isoOf(20), result: 'Hello' })])).toMatchObject({ status: 'completed', error: null })
})
