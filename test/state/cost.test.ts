import { describe, expect, it, vi } from 'vitest'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import { selectTask } from '../../src/state/selectors.ts'
import { EMPTY_STORE } from '../../src/state/emptyState.ts'
import type { TaskState } from '../../src/state/taskState.ts'
import { ROOT, chunk, executed, failure, frame, graphRead, planUpdated, replayStore, submitted, taskCreated, taskUpdated, think, toFacts, toolCallRequest, toolCallResult } from './frames.ts'
import type { Item } from './frames.ts'

const NODES = 1000
const nodeOf = (at: number): string => `node-${(at * 7) % NODES}`
const canvas = graphRead(Array.from({ length: NODES }, (_, at) => ({ id: `node-${at}`, type: 'action', name: `Node ${at}` })))

/** A call of each node, then the next one, and so on. */
const calls = (from: number, to: number): Item[] =>
  Array.from({ length: to - from }, (_, at) => from + at).flatMap((at) => [
    toolCallRequest({ at: 10 + at, call: `call-${at}`, node: nodeOf(at) }), toolCallResult({ at: 10.5 + at, call: `call-${at}`, node: nodeOf(at) }),
  ])

// Law 4 (linear). Broken by: drawTimeline.ts drawing every node anew, or sights.ts keeping nothing from one publish to the next.
describe('a long run', () => {
  it('changes nothing but what an event is about, however much came before', () => {
    let store = replayStore([submitted(), taskCreated({ at: 1 }), canvas, ...calls(0, 10_000)], { batches: [1000] })

    for (const fact of toFacts(calls(10_000, 10_050))) {
      const before = selectTask(store, ROOT)!
      store = reduceWorkflow(store, [fact])
      const after = selectTask(store, ROOT)!
      const changed = after.timeline.filter((node, at) => node !== before.timeline[at])

      expect(changed).toHaveLength(1)
      expect(changed[0]!.steps.filter((step, at) => step !== before.nodes[changed[0]!.id]!.steps[at])).toHaveLength(1)
      expect(changed[0]!.attempts.length - before.nodes[changed[0]!.id]!.attempts.length).toBeLessThanOrEqual(1)
      expect(fieldsThatDiffer(before, after)).toEqual(expect.arrayContaining(['eventCount', 'nodes', 'notes', 'timeline', 'turns']))
      expect(fieldsThatDiffer(before, after)).toHaveLength(fieldsThatDiffer(before, after).includes('progress') ? 6 : 5)
    }
  })

  it('looks at no step of another node again, also when text came in between', () => {
    const store = replayStore([submitted(), taskCreated({ at: 1 }), toolCallRequest({ at: 2, call: 'c', node: 'a' }), toolCallResult({ at: 3, call: 'c', node: 'a' })])
    const [step] = selectTask(store, ROOT)!.nodes.a!.steps
    let looks = 0
    Object.defineProperty(step, 'kind', { get() { looks += 1; return 'toolCall' } })

    const after = replayStore([chunk('some ', { at: 4 }), chunk('words', { at: 5 }), toolCallRequest({ at: 6, call: 'd', node: 'b' })], { state: store })

    expect(selectTask(after, ROOT)!.nodeOrder).toEqual(['a', 'b'])
    expect(looks).toBe(0)
  })

  it('neither looks at nor puts in order again the steps without a node that came before', () => {
    const store = replayStore([submitted(), taskCreated({ at: 1 }), ...Array.from({ length: 200 }, (_, at) => think({ thought: `Hm ${at}` }, { at: 2 + at }))])
    let looks = 0
    const watched = <Value extends object>(value: Value): Value => new Proxy(value, { get(target, name, self) { looks += 1; return Reflect.get(target, name, self) as unknown }, has(target, name) { looks += 1; return Reflect.has(target, name) } })
    const task = selectTask(store, ROOT)!
    const turns = task.turns.map((turn) => ({ ...turn, unassigned: turn.unassigned.map(watched) }))
    const first = replayStore([think({ thought: 'Aha' }, { at: 300 })], { state: { ...store, tasks: { [ROOT]: { ...task, unassigned: turns[0]!.unassigned, turns } } } })
    const sort = vi.spyOn(Array.prototype, 'sort')
    looks = 0

    const after = replayStore([think({ thought: 'So' }, { at: 301 }), toolCallRequest({ at: 302, call: 'c' }), toolCallResult({ at: 303, call: 'c' })], { state: first })

    expect(selectTask(after, ROOT)!.unassigned).toHaveLength(203)
    expect(looks).toBe(0)
    expect(sort.mock.contexts.filter((list) => (list as readonly unknown[]).length > 10)).toEqual([])
    sort.mockRestore()
  })

  it('remembers no more of what is past than its steps', () => {
    const round = (at: number): Item[] => [
      chunk('word ', { at }), taskUpdated({ at: at + 0.1, result: `result ${at}` }), planUpdated([at % 2 === 0], { at: at + 0.2 }), executed(`n${at % 3}`, { at: at + 0.3 }),
      frame('auth_event', { type: 'login_required', data: { url: `https://sign.in/${at}` } }, { at: at + 0.4 }), frame('error', { error: `error ${at}` }, { at: at + 0.5 }),
    ]
    const after = (rounds: number): number => {
      const task = selectTask(replayStore([submitted(), taskCreated({ at: 1 }), ...Array.from({ length: rounds }, (_, at) => round(at + 2)).flat()], { batches: [500] }), ROOT)!
      return JSON.stringify(task.notes).length
    }

    expect(after(2000)).toBeLessThan(after(100) * 1.2)
  })

  it('remembers a bounded part of what was told at one moment', () => {
    const records = (count: number): Item[] => Array.from({ length: count }, (_, at) => taskUpdated({ at: 2, result: `result ${at}` }))
    const noted = (count: number): number => JSON.stringify(selectTask(replayStore([submitted(), taskCreated({ at: 1 }), ...records(count)]), ROOT)!.notes.told).length

    expect(noted(400)).toBeLessThan(noted(40) * 1.2)
  })

  it('joins small pieces of text into large ones', () => {
    const pieces = Array.from({ length: 5000 }, (_, at) => chunk(`piece ${at} `))

    const { text, notes } = selectTask(replayStore([submitted(), taskCreated(), ...pieces]), ROOT)!

    expect(text).toBe(pieces.map((piece) => String(piece.data)).join(''))
    expect(notes.flatLength).toBeGreaterThan(0)
    expect(text.length - notes.flatLength).toBeLessThan(4096 + notes.flatLength / 8 + 20)
  })
})

describe('nothing to do', () => {
  it('gives the very same state for no facts and for facts that change nothing', () => {
    const store = replayStore([submitted(), taskCreated(), { kind: 'shown', conversation: 'view', key: ROOT }])

    expect(reduceWorkflow(store, [])).toBe(store)
    expect(reduceWorkflow(store, [{ kind: 'opened', key: ROOT }, { kind: 'stopFailed', key: ROOT, error: failure('stop_failed', 'stop') }, { kind: 'shown', conversation: 'view', key: ROOT }])).toBe(store)
    expect(reduceWorkflow(EMPTY_STORE, [{ kind: 'forgotten', taskIds: [] }])).toEqual(EMPTY_STORE)
  })
})

const fieldsThatDiffer = (before: TaskState, after: TaskState): string[] =>
  Object.keys(after).filter((name) => !Object.is(before[name as keyof TaskState], after[name as keyof TaskState])).sort()
