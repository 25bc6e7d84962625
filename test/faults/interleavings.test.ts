import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeMessage, reduceWorkflow } from '../../src/core.ts'
import type { Fact, TaskState } from '../../src/core.ts'
import { EMPTY_STORE } from '../../src/state/emptyState.ts'
import { brokenLines, interleavings, setups } from './model/arbitraries.ts'
import type { Step } from './model/modelSteps.ts'
import { BEGINNING } from './model/modelWorld.ts'
import type { Setup, World } from './model/modelWorld.ts'
import { fakeClock, play } from './model/play.ts'

const runs = { numRuns: Number(process.env.RUNS ?? 60) }

fakeClock()

describe('a client and a service that does everything it may', { timeout: 3_600_000 }, () => {
  it('keeps every law at every step, and comes to the end that the service knows', async () => {
    await fc.assert(fc.asyncProperty(setups, interleavings, async (setup, steps) => { await play(setup, steps) }), runs)
  })

  it('comes to the very state of whole streams where streams that broke can be gone back to', async () => {
    await fc.assert(fc.asyncProperty(setups, brokenLines, async ({ stallAfterMs: _, ...setup }, steps) => {
      await play({ ...setup, replays: true }, steps, (world) => {
        // One that broke before anything was told, or too often, has lost its place.
        fc.pre(world.submits.every(({ turn }) => turn?.cause !== 'lost'))
        // One that nothing answered in time was read instead.
        fc.pre(world.reads === 0)
        expect(shownOf(world.client.store.getState().tasks)).toEqual(shownOf(uncut(world)))
      })
    }), runs)
  })
})

/** What was found above, as small as it gets. */
const found: readonly (readonly [string, Setup, readonly Step[]])[] = [
  [
    'says that a turn may have started which nothing told of, when it was let go of before the answer and is followed again',
    { scripts: ['+'] }, [['submit', 'reject'], ['flow', 1], ['submit', 'reject'], ['disconnect']],
  ],
  [
    'sends what waited for a submit that was let go of before anything named its task',
    { scripts: ['+'] }, [['submit', 'reject'], ['disconnect'], ['submit', 'queue']],
  ],
  [
    'stops nothing any more once it is destroyed, though the name of the task was waited for',
    { scripts: ['+'] }, [['submit', 'reject'], ['flow', 1], ['submit', 'reject'], ['stop'], ['reload', 'saved']],
  ],
  [
    'has the last words of a run that turns out to have ended when it is stopped',
    { scripts: ['c-'] }, [['submit', 'reject'], ['answer'], ['deliver', 1], ['disconnect'], ['emit', 2], ['stop'], ['stopped', 'ignored']],
  ],
  [
    'does not stop the turn before when the one to be stopped was refused',
    { scripts: ['+'] }, [['submit', 'reject'], ['flow', 1], ['reload', 'elsewhere'], ['submit', 'reject'], ['stop'], ['refuse', 422]],
  ],
  [
    'tells a turn that began elsewhere from its own, though it ended before it started',
    { scripts: ['c+', '+'] }, [['submit', 'reject'], ['flow', 1], ['reload', 'elsewhere'], ['submit', 'reject'], ['flow', 1], ['reload', 'saved']],
  ],
  [
    'takes a stopped turn of another page for no end of its own',
    { scripts: ['c+'] },
    [['submit', 'reject'], ['flow', 1], ['pass', 1000], ['submit', 'queue'], ['flow', 1], ['answer'], ['reload', 'crashed'], ['stop']],
  ],
  [
    'does not take the end of a turn whose end nobody saw for that of the next, which nothing has told of',
    { scripts: ['+'] },
    [
      ['submit', 'reject'], ['flow', 1], ['submit', 'reject'], ['answer'], ['cut'], ['submit', 'reject'], ['pass', 31_000], ['flow', 1],
      ['reload', 'crashed'], ['read', 'before'],
    ],
  ],
  [
    'does not end the newest turn of a task from elsewhere by the record of the one before',
    { scripts: ['0', '+'] }, [['submit', 'reject'], ['submit', 'replace'], ['flow', 1], ['flow', 1], ['reload', 'elsewhere'], ['read', 'before']],
  ],
  [
    'does not take a turn that it never heard of for one of which nothing told',
    { scripts: ['+'] },
    [
      ['submit', 'reject'], ['submit', 'replace'], ['flow', 1], ['answer'], ['drop', 'reset'], ['submit', 'reject'],
      ['reload', 'saved'], ['read', 'fresh'],
    ],
  ],
  [
    'stops for what is to replace it a run of which nothing was read before',
    { scripts: ['c+'] }, [['submit', 'reject'], ['flow', 1], ['reload', 'elsewhere'], ['submit', 'replace'], ['read', 'fresh']],
  ],
  [
    'listens no more for a turn that was stopped, though the line is not the one that it was stopped on',
    { scripts: ['c+'], replays: true },
    [['submit', 'reject'], ['flow', 1], ['stop'], ['disconnect'], ['reconnect'], ['stopped', 'confirmed'], ['submit', 'reject']],
  ],
]

describe('the client', () => {
  it('keeps what had not had its frame yet when the page goes away', async () => {
    await play({ scripts: ['c+'], throttle: 50 }, [['submit', 'reject'], ['flow', 1], ['reload', 'saved']])
  })

  it.each(found)('%s', async (_name, setup, steps) => { await play(setup, steps) })
})

/** The tasks as they are for who missed nothing. */
function uncut({ service }: World): Readonly<Record<string, TaskState>> {
  const facts = [...service.tasks.values()].flatMap(({ id, turns }) => turns.flatMap(({ key, input, log }, position): Fact[] => [
    { kind: 'submitted', key, at: BEGINNING, workflowId: 'flow', input: { text: input }, continues: position === 0 ? undefined : id },
    ...log.map(({ frame, id: sseId }): Fact => ({ kind: 'received', key, at: BEGINNING, event: decodeMessage(JSON.stringify(frame), sseId) })),
  ]))
  return reduceWorkflow(EMPTY_STORE, facts).tasks
}

/** Without what is of our clock, of the line, or only of the reducer. */
const shownOf = (tasks: Readonly<Record<string, TaskState>>): unknown =>
  JSON.parse(JSON.stringify(tasks, (name, value: unknown) => (['notes', 'clockSkewMs', 'createdAt', 'malformedCount'].includes(name) ? undefined : value)))
