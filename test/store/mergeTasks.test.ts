import fc from 'fast-check'
import { expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { EMPTY_TASK, EMPTY_TURN } from '../../src/state/emptyState.ts'
import type { TaskState, Turn } from '../../src/state/taskState.ts'
import { mergeGroups, newsOf } from '../../src/store/mergeTasks.ts'
import { writeGroup } from '../../src/store/taskGroup.ts'

/** A turn that began at that second. */
const turn = (key: string, at: number, fields: Partial<Turn> = {}): Turn =>
  ({ ...EMPTY_TURN, key, input: { text: key }, status: 'executing', ...fields, notes: { ...EMPTY_TURN.notes, createdAt: at } })
function task(...turns: readonly Turn[]): TaskState {
  return { ...EMPTY_TASK, ...turns.at(-1), taskId: 'a', turns }
}
const merged = (ours: readonly Turn[], theirs: readonly Turn[]): readonly Turn[] => mergeGroups([task(...ours)], [task(...theirs)])[0]?.turns ?? []
const refused = turn('refused', 9, { status: 'error', error: new WorkflowError('invalid_request', 'submit', 'No') })
const unheard = turn('unheard', -Infinity, { status: 'submitting' })
const [first, second, third] = [turn('first', 1), turn('second', 2), turn('third', 3)]

it.each<[string, readonly Turn[], readonly Turn[], readonly Turn[]]>([
  ['a turn that only one knows', [first], [first, second], [first, second]],
  ['turns that each began', [first, second], [first, third], [first, second, third]],
  ['what nobody heard of yet, at the end', [first, unheard], [first, third], [first, third, unheard]],
  ['the end that one saw', [turn('a', 1, { text: 'Hello', eventCount: 9 })], [turn('a', 1, { status: 'completed' })], [turn('a', 1, { status: 'completed' })]],
  ['more events', [turn('a', 1, { eventCount: 2 })], [turn('a', 1, { eventCount: 3 })], [turn('a', 1, { eventCount: 3 })]],
  ['the output', [turn('a', 1, { output: 1 })], [turn('a', 1)], [turn('a', 1, { output: 1 })]],
  ['what came of a start that the other does not know of', [turn('a', 1, { status: 'error', error: new WorkflowError('unknown_start', 'submit', '?') })], [turn('a', 1, { status: 'completed' })], [turn('a', 1, { status: 'completed' })]],
  [
    'a turn that the other found at the service, under the key of its submit',
    [first, turn('a#1', -Infinity, { input: { text: 'second' }, status: 'completed', finishedAt: 5 })], [first, second],
    [first, { ...turn('a#1', -Infinity, { input: { text: 'second' }, status: 'completed', finishedAt: 5 }), key: 'second' }],
  ],
  ['two turns that asked the same and ended at times of their own', [turn('a#1', 1, { finishedAt: 2 })], [turn('submit', 3, { input: { text: 'a#1' }, finishedAt: 4 })], [turn('a#1', 1, { finishedAt: 2 }), turn('submit', 3, { input: { text: 'a#1' }, finishedAt: 4 })]],
])('keeps %s', (_, ours, theirs, kept) => {
  expect(merged(ours, theirs)).toEqual(kept)
  expect(merged(theirs, ours)).toEqual(kept)
})

it('shows the newest turn that began', () => {
  const [shown] = mergeGroups([task(first)], [task(first, second, refused)])

  expect(shown).toMatchObject({ key: 'second', input: { text: 'second' }, error: { code: 'invalid_request' }, turns: [{}, {}, {}] })
})

it('keeps the child runs of both', () => {
  const child = (taskId: string): TaskState => ({ ...task(turn('', 1)), taskId, parentTaskId: 'a' })
  const ours = [{ ...task(first), childTaskIds: ['x'] }, child('x')]
  const theirs = [{ ...task(first), childTaskIds: ['y'] }, child('y')]

  const group = mergeGroups(ours, theirs)

  expect(group.map(({ taskId }) => taskId)).toEqual(['a', 'x', 'y'])
  expect(group[0]?.childTaskIds).toEqual(['x', 'y'])
})

it('has no news of what is known', () => {
  expect(newsOf([task(first, second)], [task(first)])).toEqual([])
  expect(newsOf([task(first)], [task(first, second)])).toMatchObject([{ turns: [{ key: 'second' }] }])
})

it('comes to the same whoever merges, and to nothing new when it is done again', () => {
  const turns = fc.uniqueArray(fc.record({
    key: fc.constantFrom('submit-1', 'submit-2', 'submit-3', 'submit-4'), status: fc.constantFrom<Turn['status'][]>('executing', 'completed', 'submitting'),
    eventCount: fc.nat(3), text: fc.constantFrom('', 'a', 'ab'),
  }), { selector: ({ key }) => key, minLength: 1 })
    .map((list) => list.map(({ key, ...fields }) => turn(key, Number(key.slice(-1)), fields)).sort((one, other) => one.notes.createdAt - other.notes.createdAt))
  fc.assert(fc.property(turns, turns, (one, other) => {
    const text = writeGroup([task(...merged(one, other))])

    expect(writeGroup([task(...merged(other, one))])).toBe(text)
    expect(writeGroup([task(...merged(merged(one, other), one))])).toBe(text)
    expect(writeGroup([task(...merged(other, merged(one, other)))])).toBe(text)
  }))
})
