import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEvent } from '../../src/protocol/decodeEvent.ts'
import type { Fact } from '../../src/state/fact.ts'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import { selectTask } from '../../src/state/selectors.ts'
import { EMPTY_STORE } from '../../src/state/emptyState.ts'
import { isSettled } from '../../src/state/runStatus.ts'
import type { Step, TaskState } from '../../src/state/taskState.ts'
import { childTaskId, everyKind, secrets, taskId } from '../recordings/everyKind.ts'
import { batches, canvasOf, nodeRecordings, orderlyRecordings, recordings } from './arbitraries.ts'
import { KEY, ROOT, frame, graphRead, ms, replay, replayStore, submitted, taskCreated, taskFinished, toFacts, toolCallRequest, toolCallResult } from './frames.ts'

const runs = { numRuns: Number(process.env.RUNS ?? 200) }

describe('reduceWorkflow', { timeout: 600_000 }, () => {
  it('comes to the same state however the facts are batched', () => {
    fc.assert(
      fc.property(recordings, batches, (items, sizes) => {
        const oneByOne = replayStore(items)

        expect(replayStore(items, { batches: sizes })).toEqual(oneByOne)
        expect(replayStore(items, { batches: [items.length] })).toEqual(oneByOne)
      }),
      runs,
    )
  })

  it('draws a node that it goes on with as it draws it from the beginning', () => {
    fc.assert(
      fc.property(nodeRecordings, batches, fc.option(fc.constantFrom('action', 'agent')), (items, sizes, type) => {
        const recording = type === null ? items : [graphRead([{ id: 'a', type }]), ...items]
        const whole = replay(recording, { batches: [recording.length] })

        expect(replay(recording).timeline).toEqual(whole.timeline)
        expect(replay(recording, { batches: sizes }).timeline).toEqual(whole.timeline)
      }),
      runs,
    )
  })

  it('goes on from a state that was stored and read again as from the state itself', () => {
    fc.assert(
      fc.property(recordings, fc.nat(), (items, where) => {
        const facts = toFacts(items)
        const at = where % facts.length
        // Errors are no plain data, and a store that is read again has others.
        fc.pre(!facts.some((fact) => 'error' in fact || (fact.kind === 'received' && fact.event.kind === 'error')))
        const state = reduceWorkflow(EMPTY_STORE, facts.slice(0, at))

        expect(reduceWorkflow(structuredClone(state), facts.slice(at))).toEqual(reduceWorkflow(state, facts.slice(at)))
      }),
      runs,
    )
  })

  it('goes on from a state whose steps were moved elsewhere meanwhile', () => {
    const request = toolCallRequest({ call: 'c', operation: 'op' })
    const asked = replayStore([submitted(), taskCreated(), request, toolCallRequest({ call: 'd', operation: 'other' })])
    const canvas = graphRead([{ id: 'a', type: 'action', operation_id: 'op' }])

    replayStore([canvas, request], { state: asked })

    expect(selectTask(replayStore([toolCallResult({ call: 'c', output: 1 })], { state: asked }), ROOT)?.unassigned).toMatchObject([{ toolCallId: 'c', output: 1 }, { toolCallId: 'd' }])
  })

  it('changes nothing for a second copy of any frame but a chunk', () => {
    fc.assert(
      fc.property(recordings, fc.nat(), fc.nat(), (items, which, where) => {
        const copied = which % items.length
        const item = items[copied]
        fc.pre(item !== undefined && !('kind' in item) && item.type !== 'chunk')
        const facts = toFacts(items)
        const at = copied + 1 + (where % (items.length - copied))
        const before = reduceWorkflow(EMPTY_STORE, facts.slice(0, copied))
        const original = facts.slice(copied, copied + 1)
        // What came too late the first time was not taken, so that there is nothing to be a copy of.
        fc.pre(reduceWorkflow(before, original) !== before)
        const state = reduceWorkflow(EMPTY_STORE, facts.slice(0, at))

        expect(reduceWorkflow(state, original)).toBe(state)
      }),
      runs,
    )
  })

  it('changes nothing for a second copy of any frame when SSE ids tell', () => {
    fc.assert(
      fc.property(recordings, fc.nat(), fc.nat(), (items, which, where) => {
        const facts = toFacts(items.map((item, at) => ('kind' in item ? item : { ...item, sseId: `log-${at}` })))
        const copied = which % facts.length
        const original = facts.slice(copied, copied + 1)
        fc.pre(original[0]?.kind === 'received')
        const at = copied + 1 + (where % (facts.length - copied))
        // Another line has ids of its own.
        fc.pre(!facts.slice(copied, at).some((fact) => fact.kind === 'submitted'))
        const before = reduceWorkflow(EMPTY_STORE, facts.slice(0, copied))
        fc.pre(reduceWorkflow(before, original) !== before)
        const state = reduceWorkflow(EMPTY_STORE, facts.slice(0, at))

        expect(reduceWorkflow(state, original)).toBe(state)
      }),
      runs,
    )
  })

  it('draws the same timeline whenever the canvas arrives', () => {
    fc.assert(
      fc.property(orderlyRecordings, canvasOf(8), fc.nat(), (items, nodes, where) => {
        const early = replay([graphRead(nodes), ...items])

        const late = replay(items.toSpliced(where % (items.length + 1), 0, graphRead(nodes)))

        expect(timelineOf(late)).toEqual(timelineOf(early))
        expect(late.progress).toEqual(early.progress)
      }),
      runs,
    )
  })

  // Law 3 (no lie). Broken by: reduceWorkflow.ts hearing the end of any task as the end of this one (`receive`).
  it('never ends a run by a frame of another one', () => {
    fc.assert(
      fc.property(recordings, fc.constantFrom('task-2', 'elsewhere', '__proto__', 'constructor'), fc.nat(), (items, task, where) => {
        const facts = toFacts(items)
        const at = 2 + (where % (facts.length - 1))
        const state = reduceWorkflow(EMPTY_STORE, facts.slice(0, at))
        fc.pre(selectTask(state, KEY)?.notes.isNamed === true)

        const next = reduceWorkflow(state, lineFacts(facts, at, [taskFinished({ at: 1000, task, status: 'failed' }), frame('error', {}, { task })]))

        expect(selectTask(next, KEY)?.status).toBe(selectTask(state, KEY)?.status)
      }),
      runs,
    )
  })

  it('does not reopen by a late event what has settled', () => {
    fc.assert(
      fc.property(recordings, fc.nat(), (items, which) => {
        const facts = toFacts(items)
        const state = reduceWorkflow(EMPTY_STORE, facts)
        const task = selectTask(state, KEY)
        fc.pre(task !== undefined && isSettled(task.status))
        const late = facts[which % facts.length]
        fc.pre(late?.kind === 'received' && late.event.kind !== 'taskCreated')
        const last = facts.findLast((fact) => fact.kind === 'submitted')
        const key = last?.kind === 'submitted' ? last.key : KEY
        const event = { ...(late).event, time: ms(1000) }

        expect(reduceWorkflow(state, [{ kind: 'received', key, at: ms(1000), event }])).toBe(state)
      }),
      runs,
    )
  })

  it('keeps the reference of every branch that did not change, and changes no state that was given', () => {
    fc.assert(
      fc.property(recordings, batches, (items, sizes) => {
        const facts = deepFreeze(toFacts(items))
        let state = deepFreeze(EMPTY_STORE)
        for (let at = 0, turn = 0; at < facts.length; turn += 1) {
          const size = sizes[turn % sizes.length] ?? 1
          const next = deepFreeze(reduceWorkflow(state, facts.slice(at, at + size)))
          expect(changedForNothing(state, next)).toEqual([])
          state = next
          at += size
        }
      }),
      runs,
    )
  })

  it('comes to the same from the same state, whatever else was made of it meanwhile', () => {
    fc.assert(
      fc.property(recordings, recordings, fc.nat(), (items, others, where) => {
        const facts = toFacts(items)
        const at = where % facts.length
        const fork = reduceWorkflow(EMPTY_STORE, facts.slice(0, at))
        const straight = replayStore(items)

        let other = fork
        for (const fact of toFacts(others)) other = reduceWorkflow(other, ['key' in fact ? { ...fact, key: `other ${fact.key}` } : fact])
        let next = fork
        for (const fact of facts.slice(at)) next = reduceWorkflow(next, [fact])

        expect(next).toEqual(straight)
        expect(reduceWorkflow(fork, facts.slice(at))).toEqual(straight)
      }),
      runs,
    )
  })
})

describe('the recording of every kind', () => {
  const key = 'submit-1'
  const facts: readonly Fact[] = [
    { kind: 'submitted', key, at: 0, workflowId: 'b2a7f3d0-1111-4c2e-8f00-5a5a5a5a5a5a', input: { text: 'Triage ticket 812' }, continues: undefined },
    ...everyKind.map((frame, at): Fact => ({ kind: 'received', key, at: Date.UTC(2026, 4, 13, 11) + at, event: decodeEvent(frame) })),
  ]

  it('comes to three settled turns and a child run', () => {
    const store = reduceWorkflow(EMPTY_STORE, facts)

    expect(selectTask(store, key)).toMatchObject({
      turns: [{ status: 'completed', text: 'Routed to billing.' }, { status: 'failed', text: 'Jira is down.' }, { status: 'completed' }], childTaskIds: [childTaskId],
    })
    expect(selectTask(store, childTaskId)).toMatchObject({ status: 'completed', text: 'A refund was asked for.', parentTaskId: taskId })
    expect(secrets.filter((secret) => JSON.stringify(store).includes(secret))).toEqual([])
  })

  it('comes to the same wherever it is cut in two', () => {
    const whole = reduceWorkflow(EMPTY_STORE, facts)

    for (let at = 0; at <= facts.length; at += 1) {
      expect(reduceWorkflow(reduceWorkflow(EMPTY_STORE, facts.slice(0, at)), facts.slice(at))).toEqual(whole)
    }
  })

  it('takes a second copy of any frame with a time for what it is, wherever it comes', () => {
    facts.forEach((fact, at) => {
      if (fact.kind !== 'received' || fact.event.kind === 'chunk' || fact.event.time === undefined) return
      for (let where = at + 1; where <= facts.length; where += 1) {
        const state = reduceWorkflow(EMPTY_STORE, facts.slice(0, where))

        expect(reduceWorkflow(state, [fact])).toBe(state)
      }
    })
  })
})

/** Nodes by id and steps by time, which is what does not depend on when something was found out. */
function timelineOf({ timeline, unassigned }: TaskState): unknown {
  const inOrder = (steps: readonly Step[]): unknown[] =>
    steps.map(({ id: _, ...step }) => step).sort((one, other) => (one.startedAt ?? 0) - (other.startedAt ?? 0))
  const nodes = timeline.map((node) => ({ ...node, steps: inOrder(node.steps) })).sort((one, other) => (one.id < other.id ? -1 : 1))
  return { nodes, unassigned: inOrder(unassigned) }
}

/** Frames that come next on the line that these facts are of. */
function lineFacts(facts: readonly Fact[], at: number, frames: Parameters<typeof toFacts>[0]): Fact[] {
  const submit = facts.slice(0, at).findLast((fact) => fact.kind === 'submitted')
  const key = submit?.kind === 'submitted' ? submit.key : KEY
  return toFacts(frames).map((fact) => (fact.kind === 'received' ? { ...fact, key } : fact))
}

/** Where two states say the same in two objects; what the reducer notes for itself and what it was given do not count. */
function changedForNothing(before: unknown, after: unknown, path = 'state'): string[] {
  if (Object.is(before, after) || !isObject(before) || !isObject(after) || /\.(notes|graphs)$/.test(path)) return []
  if (before.id !== after.id || after instanceof Error) return []
  // A plan is whole each time.
  if (path.endsWith('.plan')) return JSON.stringify(before) === JSON.stringify(after) ? [path] : []
  // Another turn is shown: its fields are others even where they say the same.
  const isOtherTurn = 'turns' in after && before.key !== after.key
  const names = isOtherTurn ? ['turns', 'childTaskIds'] : Object.keys(after)
  const inner = names.flatMap((name) => (Object.hasOwn(before, name) ? changedForNothing(before[name], after[name], `${path}.${name}`) : []))
  const isSame = names.length === Object.keys(before).length && names.every((name) => Object.hasOwn(before, name) && Object.is(before[name], after[name]))
  return isSame ? [path] : inner
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null

function deepFreeze<Value>(value: Value): Value {
  if (!isObject(value) || Object.isFrozen(value) || value instanceof Error) return value
  Object.freeze(value)
  for (const inner of Object.values(value)) deepFreeze(inner)
  return value
}
