import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorkflowClient, selectTask } from '../../src/core.ts'
import type { SettledTurn, TaskState, WorkflowClient, WorkflowEvent } from '../../src/core.ts'
import { childTaskId, record, shortTurn, taskId } from '../recordings/shortTurn.ts'
import { cutHeaders, startScriptedService } from './scriptedService.ts'
import type { Ending, ScriptedService } from './scriptedService.ts'

const frames = shortTurn.map((frame) => `data: ${frame ? JSON.stringify(frame) : '{no JSON'}\n\n`)
const kinds = [
  'analyze', 'authEvent', 'chunk', 'connected', 'error', 'malformed', 'planUpdated', 'subAgentTrigger', 'taskCompactization', 'taskCreated', 'taskFinished',
  'taskUpdated', 'think', 'toolCallRequest', 'toolCallResult', 'turnFinished', 'turnStarted', 'unknown',
] satisfies WorkflowEvent['kind'][]

interface Outcome {
  readonly posts: number
  readonly turn: SettledTurn
  readonly task: TaskState | undefined
  readonly child: TaskState | undefined
  readonly events: readonly WorkflowEvent[]
}

let runs = 0

/** Runs the recording with its streams cut there. */
async function run(service: ScriptedService, cuts: readonly number[], ending: Ending): Promise<Outcome> {
  runs += 1
  const name = `run ${runs}`
  const headers = cutHeaders(name, cuts, ending)
  const client: WorkflowClient = createWorkflowClient({ baseUrl: service.url, graph: false, headers, recover: { firstDelayMs: 0 } })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  const turn = await settled
  const state = client.store.getState()
  const events = client.getEvents(key)
  client.destroy()
  return { posts: service.postsOf(name), turn, task: selectTask(state, key), child: selectTask(state, childTaskId), events }
}

/** Tries every byte as the cut, some at a time. */
async function sweep(length: number, check: (cut: number, where: string) => Promise<void>): Promise<void> {
  let cut = 0
  const worker = async (): Promise<void> => {
    while (cut < length) {
      const at = cut
      cut += 1
      await check(at, `cut at byte ${at}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

/** Depends on our clock, on the key of the submit, or on how often a frame that cannot be read was asked for. */
const others = new Set(['key', 'notes', 'clockSkewMs', 'createdAt', 'before', 'malformedCount'])
const shownOf = ({ task, child }: Outcome): unknown =>
  JSON.parse(JSON.stringify({ task, child }, (name, value: unknown) => (others.has(name) ? undefined : value)))

/** Of how many readable frames a client heard. */
const readable = ({ events }: Outcome): number => events.filter(({ kind }) => kind !== 'malformed').length

/** Where each of these texts ends, in bytes. */
const endsOf = (texts: readonly string[]): number[] => {
  let end = 0
  return texts.map((text) => (end += Buffer.byteLength(text)))
}

describe.each<[Ending]>([['reset'], ['end']])('a stream that breaks with a %s', (ending) => {
  describe('at any byte, and the task that is read', () => {
    const all = endsOf(frames)
    // Where the readable frames end; the empty line behind one says nothing more when the stream ends there.
    const ends = all.filter((_, at) => shortTurn[at] !== undefined).map((end) => end - 2)
    const wholeAt = (cut: number): number => ends.filter((end) => end <= cut).length
    let service: ScriptedService
    let whole: Outcome
    /** What comes of a stream that ends after so many readable frames. */
    let after: Outcome[]
    beforeAll(async () => {
      service = await startScriptedService({ taskId, frames, record })
      whole = await run(service, [], 'end')
      after = await Promise.all([0, ...ends].map((end) => run(service, [end], 'end')))
    })
    afterAll(() => service.close())

    it('is a recording of every kind of event', () => {
      expect([...new Set(whole.events.map(({ kind }) => kind))].sort()).toEqual(kinds)
      expect(whole.turn).toMatchObject({ cause: 'finished', text: 'Hé!', timeline: [{ id: 'sort' }, { id: 'ask' }, { id: 'w' }] })
    })

    it('keeps of the timeline what was seen, and doubles nothing of it', () => {
      const beginning = <Item>(items: readonly Item[] | undefined, all: readonly Item[] = []): readonly Item[] => all.slice(0, items?.length)
      const namesOf = (outcome: Outcome) => ({
        nodes: outcome.task?.nodeOrder.map(String), unassigned: outcome.task?.unassigned.map(({ kind }) => kind),
        steps: outcome.task?.timeline.flatMap(({ id, steps, attempts }) => [...attempts.map(() => id), ...steps.map(({ kind }) => `${id} ${kind}`)]),
      })
      const known = namesOf(whole)
      for (const [count, outcome] of after.entries()) {
        if (count === 0) continue
        const seen = namesOf(outcome)
        expect(readable(outcome), `after ${count} frames`).toBe(count)
        expect(seen.nodes).toEqual(beginning(seen.nodes, known.nodes))
        expect(seen.unassigned).toEqual(beginning(seen.unassigned, known.unassigned))
        expect(seen.steps).toEqual(beginning(seen.steps, known.steps))
        expect(outcome.task?.plan ?? whole.task?.plan).toEqual(whole.task?.plan)
      }
      expect(namesOf(after.at(-1) ?? whole)).toEqual(known)
    })

    // Law 2 (nothing lost). Broken by: not following after `dropped` (line.ts), or `polled` not settling (reduceRecord.ts).
    // Law 1 (one POST). Broken by: sending again in line.ts or postStream.ts.
    it('ends with the right result and with what its whole frames told, after one POST', { timeout: 300_000 }, async () => {
      await sweep(all.at(-1) ?? 0, async (cut, where) => {
        const outcome = await run(service, [cut], ending)
        const { posts, turn, task, child } = outcome
        const count = readable(outcome)

        expect(posts, where).toBe(1)
        // What had come when a line was reset may not have been handed on.
        if (ending === 'end') expect(count, where).toBe(wholeAt(cut))
        else expect(count, where).toBeLessThanOrEqual(wholeAt(cut))
        if (count === 0) {
          expect(turn, where).toMatchObject({ cause: 'lost', error: { code: 'unknown_start', mayHaveStarted: true } })
          return
        }
        expect(turn, where).toMatchObject({ taskId, cause: 'finished', status: 'completed', result: 'Hé!', text: 'Hé!' })
        expect(task, where).toMatchObject({ connection: 'closed', turns: [{ status: 'completed', text: 'Hé!' }], usage: { totalTokens: 9 } })
        expect(child?.status ?? 'completed', where).toBe('completed')
        expect(shownOf(outcome), where).toEqual(shownOf(after[count] ?? whole))
      })
    })
  })

  describe('at any byte, and the rest that can be had', () => {
    const numbered = endsOf(frames.map((frame, at) => `id: log.${at}\n${frame}`))
    let service: ScriptedService
    beforeAll(async () => { service = await startScriptedService({ taskId, frames, record, replays: true }) })
    afterAll(() => service.close())

    // Law 2 (nothing lost). Broken by: attaching without `lastEventId` (line.ts), or an id that is seen twice and drawn twice.
    it('ends exactly like a whole one, though cut twice, after one POST', { timeout: 300_000 }, async () => {
      const whole = await run(service, [], ending)

      await sweep(numbered.at(-1) ?? 0, async (cut, where) => {
        const outcome = await run(service, [cut, 2 * (cut % 301)], ending)
        const { posts, turn } = outcome

        expect(posts, where).toBe(1)
        if (turn.error?.code === 'unknown_start') {
          expect(cut, where).toBeLessThan(numbered[0] ?? 0)
          return
        }
        expect(shownOf(outcome), where).toEqual(shownOf(whole))
      })
    })
  })
})
