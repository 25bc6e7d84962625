import { describe, expect, it } from 'vitest'
import { decodeTask } from '../../src/protocol/task.ts'
import type { Fact } from '../../src/state/fact.ts'
import { selectTask } from '../../src/state/selectors.ts'
import { isRunning, isSettled } from '../../src/state/runStatus.ts'
import {
  KEY, chunk, executed, failure, frame, ms, replay, replayStore, submitted, taskCreated, taskFinished, taskUpdated, toFacts, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { Item } from './frames.ts'

const ofLine = (fact: { readonly kind: 'opened' | 'disconnected' | 'stopRequested' }, key = KEY): Fact => ({ ...fact, key })
const retrying = (key = KEY): Fact => ({ kind: 'retrying', key, attempt: 2, retryAt: 7000 })
const offline = (key = KEY): Fact => ({ kind: 'offline', key })
const lost = (key = KEY): Fact => ({ kind: 'lost', key, error: failure('connection_lost', 'recover') })
const followed = (key = KEY): Fact => ({ kind: 'followed', key, taskId: 'task-1' })
const dropped = (key = KEY): Fact => ({ kind: 'dropped', key, at: ms(90) })

describe('status and connection', () => {
  it.each<[string, readonly Item[], object]>([
    ['a submit', [submitted()], { status: 'submitting', connection: 'connecting', rawStatus: null }],
    ['an open stream that said nothing yet', [submitted(), ofLine({ kind: 'opened' })], { status: 'submitting', connection: 'open' }],
    ['task_created', [submitted(), taskCreated()], { status: 'pending', connection: 'open', rawStatus: 'pending' }],
    ['any other first frame', [submitted(), chunk('Hel')], { status: 'pending', connection: 'open' }],
    ['an executing record', [submitted(), taskCreated(), taskUpdated()], { status: 'executing', rawStatus: 'executing' }],
    ['a paused record', [submitted(), taskCreated(), taskUpdated({ status: 'paused' })], { status: 'paused', rawStatus: 'paused' }],
    ['a word that nobody knows', [submitted(), taskCreated(), taskUpdated({ status: 'dreaming' })], { status: 'executing', rawStatus: 'dreaming' }],
    ['a word of the prose', [submitted(), taskCreated(), taskFinished({ status: 'cancelled' })], { status: 'stopped', rawStatus: 'cancelled' }],
    ['completed', [submitted(), taskCreated(), taskFinished()], { status: 'completed', connection: 'closed' }],
    ['failed', [submitted(), taskCreated(), taskFinished({ status: 'failed' })], { status: 'failed', connection: 'closed', error: null }],
    ['error', [submitted(), taskCreated(), taskFinished({ status: 'error' })], { status: 'error', connection: 'closed' }],
    ['stopped', [submitted(), taskCreated(), taskFinished({ status: 'stopped' })], { status: 'stopped', connection: 'closed' }],
    ['the name of the end without one', [submitted(), taskCreated(), taskFinished({ status: 'executing' })], { status: 'executing', connection: 'open' }],
    ['a terminal record that is not the end', [submitted(), taskCreated(), taskUpdated({ status: 'completed' })], { status: 'pending', connection: 'open' }],
    ['a drop', [submitted(), taskCreated(), taskUpdated(), chunk('Hel'), dropped()], { status: 'executing', connection: 'recovering', attempt: 1, retryAt: ms(90), text: 'Hel', error: null }],
    ['the plan to try again', [submitted(), taskCreated(), chunk('Hel'), dropped(), retrying()], { status: 'pending', connection: 'recovering', attempt: 2, retryAt: 7000, text: 'Hel', error: null }],
    ['the network going away', [submitted(), taskCreated(), chunk('Hel'), dropped(), retrying(), offline()], { connection: 'offline', attempt: 0, retryAt: null, text: 'Hel' }],
    ['giving up', [submitted(), taskCreated(), taskUpdated(), chunk('Hel'), dropped(), retrying(), lost()], { status: 'executing', connection: 'lost', attempt: 0, text: 'Hel', error: { code: 'connection_lost' } }],
    ['following it again', [submitted(), taskCreated(), taskUpdated(), chunk('Hel'), dropped(), lost(), followed()], { status: 'executing', connection: 'connecting', text: 'Hel', error: null }],
    ['a drop after the end', [submitted(), taskCreated(), taskFinished(), dropped()], { status: 'completed', connection: 'closed', error: null }],
    ['a disconnect', [submitted(), taskCreated(), taskUpdated(), ofLine({ kind: 'disconnected' })], { status: 'executing', connection: 'closed', error: null }],
    ['frames that were on their way at a disconnect', [submitted(), taskCreated(), ofLine({ kind: 'disconnected' }), taskUpdated()], { status: 'executing', connection: 'closed' }],
    ['a refused submit', [submitted(), { kind: 'refused', key: KEY, error: failure() }], { status: 'error', connection: 'closed', error: { phase: 'submit' } }],
    ['the legacy error frame', [submitted(), taskCreated(), frame('error', { error: 'worker lost' })], { status: 'pending', error: { code: 'server_error', message: 'worker lost' } }],
  ])('after %s', (_, items, shown) => {
    const task = replay(items)

    expect(task).toMatchObject(shown)
    expect(task.turns).toHaveLength(1)
    const { status, text, error, startedAt, finishedAt } = task
    expect(task.turns[0]).toMatchObject({ status, text, error, startedAt, finishedAt })
  })

  it.each([
    ['idle', false, false], ['submitting', true, false], ['pending', true, false], ['executing', true, false], ['paused', true, false],
    ['completed', false, true], ['failed', false, true], ['error', false, true], ['stopped', false, true],
  ] as const)('%s is running: %s, settled: %s', (status, running, settled) => {
    expect([isRunning(status), isSettled(status)]).toEqual([running, settled])
  })

  it('takes a terminal record for the end once the stream ends without one', () => {
    const items = [submitted(), taskCreated({ at: 1 }), taskUpdated({ at: 5, status: 'failed', result: 'Out of money', finished_at: '2026-05-13T10:12:04Z' })]

    expect(replay([...items, dropped()])).toMatchObject({ status: 'failed', connection: 'closed', error: null, result: 'Out of money', finishedAt: ms(4) })
  })

  it('ends at the present of the server when the record does not say when it ended', () => {
    expect(replay([submitted(), taskCreated({ at: 1 }), taskUpdated({ at: 5, status: 'failed' }), dropped()]).finishedAt).toBe(ms(90) - 3000)
  })

  it('keeps an error as long as the service says the same', () => {
    const before = replayStore([submitted(), taskCreated(), frame('error', { error: 'worker lost' })])

    const after = replayStore([frame('error', { error: 'worker lost' })], { state: before })

    expect(selectTask(after, 'task-1')?.error).toBe(selectTask(before, 'task-1')?.error)
  })

  it('forgets a terminal record when the task goes on', () => {
    const task = replay([submitted(), taskCreated(), taskUpdated({ status: 'failed' }), taskUpdated(), dropped()])

    expect(task).toMatchObject({ status: 'executing', connection: 'recovering' })
  })

  it('ends with the end, even when that was sent before the latest record', () => {
    const task = replay([submitted(), taskCreated({ at: 1 }), taskUpdated({ at: 9, last_executed_node_id: 'a' }), taskFinished({ at: 8, result: 'Done' })])

    expect(task).toMatchObject({ status: 'completed', result: 'Done' })
  })

  it('knows the times of the server, and how far our clock is from them', () => {
    const task = replay([
      submitted(), taskCreated({ at: 1, created_at: '2026-05-13T10:12:00.5Z' }), taskUpdated({ at: 2, started_at: '2026-05-13T10:12:01.5Z' }),
      taskFinished({ at: 9, finished_at: '2026-05-13T10:12:08.5Z' }),
    ])

    expect(task).toMatchObject({ createdAt: ms(0.5), startedAt: ms(1.5), finishedAt: ms(8.5), clockSkewMs: 3000 })
  })

  it('gives frames without a time the present of the server, after what came before them', () => {
    const untimed = ({ time: _, ...rest }: ReturnType<typeof frame>): Item => rest
    const task = replay([
      submitted(), taskCreated({ at: 1 }), toolCallRequest({ at: 10, call: 'c', node: 'a' }), untimed(toolCallResult({ at: 10, call: 'c', node: 'a' })),
      taskUpdated({ at: 11 }), untimed(taskFinished({ at: 12, result: 'Done' })),
    ])

    expect(task.timeline).toMatchObject([{ status: 'completed', startedAt: ms(10), endedAt: ms(12) }])
    expect(task).toMatchObject({ status: 'completed', result: 'Done' })
  })
})

describe('stopping', () => {
  const answered = (status: string, fields: { readonly finishedAt?: number; readonly result?: string } = {}, key = KEY): Fact => {
    const { finishedAt, result } = fields
    const finished_at = finishedAt === undefined ? undefined : new Date(ms(finishedAt)).toISOString()
    return { kind: 'stopAnswered', key, at: ms(20), task: decodeTask({ id: 'task-1', status, finished_at, result }) }
  }
  const asked = [submitted(), taskCreated({ at: 1 }), toolCallRequest({ at: 2, call: 'c', node: 'a' }), ofLine({ kind: 'stopRequested' })]

  it.each<[string, readonly Item[], object]>([
    ['while nobody answered', [], { isStopping: true, status: 'pending' }],
    ['once the service confirmed', [answered('stopped', { finishedAt: 3 })], { isStopping: false, status: 'stopped', finishedAt: ms(3), connection: 'closed' }],
    ['when the answered task still runs', [answered('executing')], { isStopping: true, status: 'pending' }],
    ['when the task had ended otherwise', [answered('completed', { result: 'Done' })], { isStopping: false, status: 'completed', result: 'Done', text: 'Done' }],
    ['when the answer is of a turn before', [answered('completed', { finishedAt: 0.5 })], { isStopping: true, status: 'pending' }],
    ['when it failed', [{ kind: 'stopFailed', key: KEY, error: failure('stop_failed', 'stop') }], { isStopping: false, status: 'pending', error: null }],
    ['when the stream tells first', [taskFinished({ at: 3, status: 'stopped' }), answered('stopped')], { isStopping: false, status: 'stopped', finishedAt: ms(3) }],
  ])('shows %s', (_, items, shown) => {
    expect(replay([...asked, ...items])).toMatchObject(shown)
  })

  it('asks nothing of a turn that is over', () => {
    expect(replay([submitted(), taskCreated(), taskFinished(), ofLine({ kind: 'stopRequested' })]).isStopping).toBe(false)
  })

  it('does not take the end of the turn before for the end of the next', () => {
    const task = replay([
      submitted(), taskCreated({ at: 1 }), taskFinished({ at: 9, finished_at: '2026-05-13T10:12:08Z' }),
      submitted('More', { key: 'submit-2', continues: 'task-1' }), answered('completed', { finishedAt: 8 }, 'submit-2'),
    ])

    expect(task.status).toBe('submitting')
  })

  it('nor what a stop had answered', () => {
    const task = replay([
      ...asked, answered('stopped', { finishedAt: 20 }), submitted('More', { key: 'submit-2', continues: 'task-1' }), answered('stopped', { finishedAt: 20 }, 'submit-2'),
    ])

    expect(task.turns.map(({ status }) => status)).toEqual(['stopped', 'submitting'])
  })
})

describe('turns', () => {
  const first = (): Item[] => [
    submitted('One'), taskCreated({ at: 1, input: { text: 'One' } }), toolCallRequest({ at: 2, call: 'c1', node: 'a' }), toolCallResult({ at: 3, call: 'c1', node: 'a' }),
    toolCallRequest({ at: 4, call: 'c2', operation: 'lost' }), chunk('Fir', { at: 5 }), taskFinished({ at: 6, result: 'First' }),
  ]
  const more = (text = 'Two', key = 'submit-2'): Fact => submitted(text, { key, continues: 'task-1' })

  it('begins anew with a submit, and keeps what the turn before came to', () => {
    const before = replay(first())

    const task = replay([...first(), more(), taskCreated({ at: 11 }), chunk('Se', { at: 12 })])

    expect(task).toMatchObject({ key: 'submit-2', status: 'pending', text: 'Se', result: null, timeline: [], nodes: {}, nodeOrder: [], unassigned: [], finishedAt: null })
    expect(task.turns).toHaveLength(2)
    expect(task.turns[0]).toMatchObject({
      key: KEY, input: { text: 'One' }, status: 'completed', text: 'First', result: 'First', startedAt: ms(1), finishedAt: ms(6),
      timeline: [{ id: 'a', status: 'completed' }], unassigned: [{ status: 'unanswered', operationId: 'lost' }],
    })
    expect(task.turns[0]).toEqual(before.turns[0])
  })

  it('begins anew with a task_created that nobody here asked for', () => {
    const task = replay([...first(), taskCreated({ at: 11, input: { text: 'From elsewhere' } }), taskUpdated({ at: 12 })])

    expect(task).toMatchObject({ key: 'task-1#1', status: 'executing', connection: 'open', text: '', turns: [{ status: 'completed', text: 'First' }, { input: { text: 'From elsewhere' }, status: 'executing' }] })
  })

  it('begins with a task_created alone', () => {
    const task = replay([taskCreated({ at: 1 }), chunk('Hi', { at: 2 })])

    expect(task).toMatchObject({ taskId: 'task-1', workflowId: 'workflow-1', connection: 'open', turns: [{ key: 'task-1#0', input: { text: 'Hi' }, text: 'Hi' }] })
  })

  it('lets a task_created that comes late belong to the turn that is under way', () => {
    const task = replay([submitted(), taskUpdated({ at: 2 }), taskCreated({ at: 1 }), chunk('Hi', { at: 3 })])

    expect(task.turns).toMatchObject([{ text: 'Hi', status: 'executing' }])
  })

  it('takes a task_created after the end for a new turn, even when the ended one never had its own', () => {
    const task = replay([submitted(), taskUpdated({ at: 2 }), taskFinished({ at: 3, result: 'One' }), taskCreated({ at: 4 })])

    expect(task.turns).toMatchObject([{ status: 'completed', text: 'One' }, { status: 'pending', text: '' }])
  })

  it('leaves out of the next turn what a record still says of the one before', () => {
    const items = [...first(), more(), taskCreated({ at: 11, status: 'completed', result: 'First', last_executed_node_id: 'a' })]

    expect(replay(items)).toMatchObject({ status: 'pending', result: null, timeline: [] })
    expect(replay([...items, taskUpdated({ at: 12, last_executed_node_id: 'a' }), dropped()])).toMatchObject({ timeline: [] })
    expect(replay([...items, dropped('submit-2')])).toMatchObject({ status: 'pending', connection: 'recovering' })
  })

  it('counts the node that a turn ends with, even when the turn before ended with it too', () => {
    const task = replay([...first(), more(), taskCreated({ at: 11, last_executed_node_id: 'a' }), taskFinished({ at: 12, last_executed_node_id: 'a' })])

    expect(task.timeline).toMatchObject([{ id: 'a', status: 'completed', attempts: [{ startedAt: null, endedAt: ms(12) }] }])
  })

  it('began when its own record says, not when the one before began', () => {
    const items = [...first(), more(), taskCreated({ at: 11, started_at: '2026-05-13T10:12:01Z' })]

    expect(replay(items).startedAt).toBe(ms(11))
    expect(replay([...items, taskUpdated({ at: 12, started_at: '2026-05-13T10:12:11.5Z' })]).startedAt).toBe(ms(11.5))
  })

  it('goes on where it was when the turn after it was refused', () => {
    const items: Item[] = [
      submitted(), taskCreated({ at: 1 }), toolCallRequest({ at: 2, call: 'c', node: 'a' }), more(), { kind: 'refused', key: 'submit-2', error: failure('busy') },
      { ...toFacts([toolCallResult({ at: 3, call: 'c', node: 'a' })])[0]!, key: KEY } as Fact,
    ]

    for (const batches of [[1], [items.length]]) {
      expect(replay(items, { batches }).timeline).toMatchObject([{ id: 'a', steps: [{ status: 'completed', startedAt: ms(2), endedAt: ms(3) }] }])
    }
  })

  it('ignores what belongs to the time of the turn before', () => {
    const items = [...first(), more(), taskCreated({ at: 11 })]

    expect(replay([...items, taskFinished({ at: 6, result: 'First' }), chunk('late', { at: 5 }), toolCallRequest({ at: 7, call: 'late', node: 'a' })])).toEqual(replay(items))
  })

  it('takes what another machine stamped a little before the beginning of its turn', () => {
    const items = [...first(), more(), taskCreated({ at: 11 }), toolCallRequest({ at: 10.99, call: 'c3', node: 'b' }), chunk('Second', { at: 10.995 })]

    expect(replay(items)).toMatchObject({ text: 'Second', timeline: [{ id: 'b' }] })
    expect(replay([...items, taskFinished({ at: 10.997, result: 'Second', finished_at: '2026-05-13T10:12:10.996Z' })])).toMatchObject({ status: 'completed', result: 'Second' })
  })

  it('does not end by the end of the turn before, that a stop had told and the stream tells late', () => {
    const stopped: Fact = { kind: 'stopAnswered', key: KEY, at: ms(14), task: decodeTask({ id: 'task-1', status: 'stopped', finished_at: '2026-05-13T10:12:10.9Z' }) }
    const items = [submitted('One'), taskCreated({ at: 1 }), taskUpdated({ at: 2 }), stopped, more(), taskCreated({ at: 11 })]

    expect(replay([...items, taskFinished({ at: 10.95, status: 'stopped', finished_at: '2026-05-13T10:12:10.9Z' })])).toEqual(replay(items))
  })

  it('makes a refused first submit the error of the task', () => {
    const task = replay([submitted(), { kind: 'refused', key: KEY, error: failure('forbidden') }])

    expect(task).toMatchObject({ taskId: undefined, status: 'error', error: { code: 'forbidden', phase: 'submit' }, turns: [{ status: 'error', error: { code: 'forbidden' } }] })
  })

  it('puts the task back as it was when a later turn is refused, however often', () => {
    const before = replay(first())

    const task = replay([
      ...first(), more(), { kind: 'refused', key: 'submit-2', error: failure() }, more('Three', 'submit-3'), { kind: 'refused', key: 'submit-3', error: failure('rate_limited') },
    ])

    const { turns: _, error: __, ...rest } = before
    expect(task).toMatchObject({ ...rest, error: { code: 'rate_limited' } })
    expect(task.nodes).toBe(task.turns[0]?.nodes)
    expect(task.turns).toMatchObject([
      { key: KEY, status: 'completed', error: null },
      { key: 'submit-2', status: 'error', error: { code: 'network' }, input: { text: 'Two' } },
      { key: 'submit-3', status: 'error', error: { code: 'rate_limited' }, input: { text: 'Three' } },
    ])
  })

  it('goes on after a refused turn, and forgets its error', () => {
    const task = replay([...first(), more(), { kind: 'refused', key: 'submit-2', error: failure() }, more('Three', 'submit-3'), taskCreated({ at: 21 }), executed('b', { at: 22 })])

    expect(task).toMatchObject({ status: 'executing', error: null, timeline: [{ id: 'b' }] })
    expect(task.turns.map(({ status }) => status)).toEqual(['completed', 'error', 'executing'])
  })
})

describe('text, result and output', () => {
  it.each<[string, readonly Item[], string]>([
    ['pieces in order', [chunk('Hel'), chunk('lo')], 'Hello'],
    ['the final result in place of the pieces', [chunk('Hel'), taskFinished({ result: 'Hello!' })], 'Hello!'],
    ['the pieces when the result is empty', [chunk('Hel'), taskFinished({ result: '' })], 'Hel'],
    ['the pieces when there is no result', [chunk('Hel'), taskFinished({ result: null })], 'Hel'],
    ['the pieces of a stopped run', [chunk('Hel'), taskFinished({ status: 'stopped' })], 'Hel'],
    ['no piece that came after the end', [chunk('Hel'), taskFinished(), chunk('lo')], 'Hel'],
    ['many small pieces', Array.from({ length: 3000 }, (_, at) => chunk(`${at} `)), Array.from({ length: 3000 }, (_, at) => `${at} `).join('')],
  ])('shows %s', (_, items, text) => {
    for (const batches of [[1], [7], [10_000]]) {
      expect(replay([submitted(), taskCreated(), ...items], { batches }).text).toBe(text)
    }
  })

  it('keeps a result as it was sent', () => {
    expect(replay([submitted(), taskCreated(), taskFinished({ result: '{"a":1}' })]).result).toBe('{"a":1}')
    expect(replay([submitted(), taskCreated(), taskUpdated({ result: 'half' }), taskFinished({ result: null })]).result).toBeNull()
  })

  const checked = (key: string, output: unknown, issues: Extract<Fact, { kind: 'outputChecked' }>['issues']): Fact => ({ kind: 'outputChecked', key, output, issues })

  it.each([
    ['fits', { a: 1 }, null],
    ['does not fit', undefined, [{ message: 'Expected a number' }]],
  ])('has the output of a result that %s, and the result as it was', (_, output, outputIssues) => {
    const task = replay([submitted(), taskCreated(), taskFinished({ result: '{"a":1}' }), checked(KEY, output, outputIssues)])

    expect(task).toMatchObject({ output, outputIssues, result: '{"a":1}' })
    expect(task.turns[0]).toMatchObject({ output, outputIssues })
  })

  it('takes no output for a run that is not over', () => {
    expect(replay([submitted(), taskCreated(), checked(KEY, 1, null)]).output).toBeUndefined()
  })

  it('gives an output that took its time to the turn that it was checked for', () => {
    const task = replay([
      submitted(), taskCreated(), taskFinished({ result: '1' }), submitted('More', { key: 'submit-2', continues: 'task-1' }), taskCreated(), checked(KEY, 1, null),
    ])

    expect(task.output).toBeUndefined()
    expect(task.turns).toMatchObject([{ output: 1 }, { output: undefined }])
  })

  it('gives an output also to a turn that a refused one came after', () => {
    const task = replay([
      submitted(), taskCreated(), taskFinished({ result: '1' }), submitted('More', { key: 'submit-2', continues: 'task-1' }),
      { kind: 'refused', key: 'submit-2', error: failure() }, checked(KEY, 1, null),
    ])

    expect(task).toMatchObject({ output: 1, turns: [{ output: 1 }, { output: undefined }] })
  })
})

describe('usage and counts', () => {
  it('takes over the tokens of the latest record', () => {
    const tokens = { prompt_tokens: 812, completion_tokens: 96, total_tokens: 908 }

    const task = replay([submitted(), taskCreated(), taskUpdated({ tokens: { prompt_tokens: 1 } }), taskFinished({ tokens })])

    expect(task.usage).toEqual({ promptTokens: 812, completionTokens: 96, totalTokens: 908 })
    expect(task.turns[0]?.usage).toBe(task.usage)
  })

  it('counts events that say something new, and copies only where nothing tells', () => {
    const items = [submitted(), taskCreated({ at: 1 }), toolCallRequest({ at: 2, call: 'c', node: 'a' }), toolCallRequest({ at: 2, call: 'c', node: 'a' }), chunk('a', { at: 3 }), chunk('a', { at: 3 }), frame('node_painted', {}, { at: 4 })]

    expect(replay(items).eventCount).toBe(5)
  })

  it('counts frames that are no JSON', () => {
    const malformed: Fact = { kind: 'received', key: KEY, at: ms(2), event: { kind: 'malformed', taskId: undefined, time: undefined, raw: undefined, length: 7 } }

    expect(replay([submitted(), taskCreated(), malformed, malformed])).toMatchObject({ malformedCount: 2, status: 'pending' })
  })
})
