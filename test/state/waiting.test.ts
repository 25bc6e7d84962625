import { describe, expect, it } from 'vitest'
import { selectTask } from '../../src/state/selectors.ts'
import {
  ROOT, chunk, executed, graphRead, ms, paused, planUpdated, replay, replayStore, submitted, taskCreated, taskFinished, taskUpdated, toolCallRequest, toolCallResult,
} from './frames.ts'
import type { Item } from './frames.ts'

const begin = (): Item[] => [submitted(), taskCreated({ at: 1 })]
const wait = (startedAt: number, endedAt: number | null) => ({ reason: 'approval', startedAt: ms(startedAt), endedAt: endedAt === null ? null : ms(endedAt) })

describe('waiting for approval', () => {
  it.each<[string, object, object]>([
    ['by a wait node', { hitl_request: { wait_node_id: 'w' } }, { nodeId: 'w', title: null, description: null, since: ms(5) }],
    ['since the time that the record says', { hitl_request: { wait_node_id: 'w' }, paused_at: '2026-05-13T10:12:04Z' }, { nodeId: 'w', since: ms(4) }],
    ['in words, by the older schema', { hitl_request: { operation_id: 'op', title: 'Refund', content: '$ 20' } }, { nodeId: null, title: 'Refund', description: '$ 20', since: ms(5) }],
  ])('shows what it waits for %s', (_, fields, waiting) => {
    const task = replay([...begin(), taskUpdated({ at: 5, status: 'paused', ...fields })])

    expect(task).toMatchObject({ status: 'paused', waiting })
  })

  it('keeps the moment it began, and its reference, while records repeat it', () => {
    const before = replayStore([...begin(), paused('w', { at: 5 })])

    const after = replayStore([paused('w', { at: 6 }), paused('w', { at: 7 })], { state: before })

    expect(selectTask(after, ROOT)?.waiting).toBe(selectTask(before, ROOT)?.waiting)
    expect(selectTask(after, ROOT)?.timeline).toBe(selectTask(before, ROOT)?.timeline)
  })

  it.each<[string, readonly Item[]]>([
    ['goes on', [taskUpdated({ at: 9 })]],
    ['ends', [taskFinished({ at: 9 })]],
    ['is stopped', [taskFinished({ at: 9, status: 'stopped' })]],
  ])('is over when the run %s', (_, items) => {
    expect(replay([...begin(), paused('w', { at: 5 }), ...items]).waiting).toBeNull()
  })

  it('at one node after another ends the one with the other', () => {
    const task = replay([...begin(), paused('v', { at: 5, paused_at: '2026-05-13T10:12:05Z' }), paused('w', { at: 8, paused_at: '2026-05-13T10:12:05Z' })])

    expect(task.waiting).toMatchObject({ nodeId: 'w', since: ms(8) })
    expect(task.timeline).toMatchObject([{ id: 'v', status: 'completed', waits: [wait(5, 8)] }, { id: 'w', status: 'paused', waits: [wait(8, null)] }])
  })

  it('goes along when its node turns out to be a pointer', () => {
    const pointer = graphRead([{ id: 'w', type: 'wait', name: 'Approve' }, { id: 'jump', type: 'node_pointer', source_node_id: 'w' }])

    const task = replay([...begin(), paused('jump', { at: 5 }), pointer, taskUpdated({ at: 9 })])

    expect(task.timeline).toMatchObject([{ id: 'w', name: 'Approve', status: 'completed', endedAt: ms(9), waits: [wait(5, 9)] }])
  })
})

describe('a node that waits', () => {
  it.each<[string, readonly Item[], object]>([
    ['a second time runs a second time', [paused('w', { at: 2 }), taskUpdated({ at: 4 }), paused('w', { at: 6 }), taskUpdated({ at: 9 })], {
      status: 'completed', durationMs: 0, attempts: [{ startedAt: ms(2), endedAt: ms(4) }, { startedAt: ms(6), endedAt: ms(9) }], waits: [wait(2, 4), wait(6, 9)],
    }],
    ['is not over because the record names it as the last that ran', [paused('w', { at: 2, last_executed_node_id: 'w' })], { status: 'paused', endedAt: null }],
    ['is over when the run goes on, which the record need not repeat', [paused('w', { at: 2, last_executed_node_id: 'w' }), executed('w', { at: 5 })], {
      status: 'completed', attempts: [{ startedAt: ms(2), endedAt: ms(5) }],
    }],
    ['in the middle of a call goes on with it', [
      toolCallRequest({ at: 2, call: 'c', node: 'w' }), paused('w', { at: 3 }), taskUpdated({ at: 6 }), toolCallResult({ at: 8, call: 'c', node: 'w' }),
    ], { status: 'completed', durationMs: 3000, attempts: [{ startedAt: ms(2), endedAt: ms(8) }], waits: [wait(3, 6)] }],
    ['in the middle of a call shows it', [toolCallRequest({ at: 2, call: 'c', node: 'w' }), paused('w', { at: 3 })], { status: 'paused', attempts: [{ status: 'paused', endedAt: null }] }],
    ['before its call makes one attempt of both', [paused('w', { at: 2 }), taskUpdated({ at: 5 }), toolCallRequest({ at: 6, call: 'c', node: 'w' }), toolCallResult({ at: 7, call: 'c', node: 'w' })], {
      status: 'completed', durationMs: 2000, attempts: [{ startedAt: ms(2), endedAt: ms(7) }],
    }],
    ['when the run is stopped stops', [paused('w', { at: 2 }), taskFinished({ at: 6, status: 'stopped' })], {
      status: 'stopped', endedAt: ms(6), durationMs: 0, waits: [wait(2, 6)], attempts: [{ status: 'stopped' }],
    }],
  ])('%s', (_, items, node) => {
    expect(replay([...begin(), ...items]).timeline).toMatchObject([{ id: 'w', ...node }])
  })

  it('as an agent goes on with its attempt', () => {
    const items = [
      ...begin(), graphRead([{ id: 'w', type: 'agent' }]), toolCallRequest({ at: 2, call: 'c', node: 'w' }), toolCallResult({ at: 3, call: 'c', node: 'w' }), paused('w', { at: 4 }), taskUpdated({ at: 6 }),
    ]

    expect(replay(items).timeline).toMatchObject([{ status: 'running', attempts: [{ startedAt: ms(2), endedAt: null }], waits: [wait(4, 6)] }])
  })

  it('keeps how it came out when the canvas arrives after the run', () => {
    const items = [...begin(), paused('w', { at: 2 }), toolCallRequest({ at: 3, call: 'c', node: 'x' }), taskFinished({ at: 6, status: 'stopped' })]
    const canvas = graphRead([{ id: 'w', type: 'wait' }, { id: 'x', type: 'action' }])

    expect(replay([...items, canvas]).timeline).toEqual(replay([canvas, ...items]).timeline)
  })
})

describe('a plan', () => {
  it('is whole each time, and counts as progress while there is no canvas', () => {
    const task = replay([...begin(), planUpdated([true, false]), planUpdated([true, true, false])])

    expect(task.plan?.tasks.map(({ isCompleted }) => isCompleted)).toEqual([true, true, false])
    expect(task.progress).toEqual({ done: 2, total: 3 })
    expect(replay([...begin(), planUpdated([true]), graphRead([{ id: 'a', type: 'action' }])]).progress).toEqual({ done: 0, total: 1 })
  })

  it('is also told by records, of which the latest word counts', () => {
    const record = (completed: boolean, at: number): Item => taskUpdated({ at, deep_planning: { enabled: true, tasks: [{ id: 'p0', title: 'Step 0', completed }] } })

    expect(replay([...begin(), planUpdated([false], { at: 2 }), record(true, 3)]).progress).toEqual({ done: 1, total: 1 })
    expect(replay([...begin(), record(true, 2), planUpdated([true, false], { at: 3 }), record(true, 2)]).progress).toEqual({ done: 1, total: 2 })
  })

  it('of a run without one is none, though every full record has it', () => {
    expect(replay([...begin(), taskUpdated({ deep_planning: { enabled: false, tasks: [] } })]).plan).toBeNull()
  })

  it('keeps its reference when the same is told again', () => {
    const before = replayStore([...begin(), planUpdated([true])])

    const after = replayStore([chunk('Hi'), planUpdated([true])], { state: before })

    expect(selectTask(after, ROOT)?.plan).toBe(selectTask(before, ROOT)?.plan)
    expect(selectTask(after, ROOT)?.progress).toBe(selectTask(before, ROOT)?.progress)
  })
})
