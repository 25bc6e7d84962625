import fc from 'fast-check'
import type { ReadAnswer, Step } from './modelSteps.ts'
import type { Setup } from './modelWorld.ts'

const script = fc.tuple(
  fc.array(fc.constantFrom('c', 'c', 'c', 'u', 't', 'p', 'k'), { maxLength: 6 }),
  fc.constantFrom('+', '+', '=', '0', '-', '!'),
).map(([letters, end]) => letters.join('') + end)

export const setups: fc.Arbitrary<Setup> = fc.record({
  scripts: fc.array(script, { minLength: 1, maxLength: 3 }),
  replays: fc.boolean(),
  skewMs: fc.constantFrom(0, -90_000, 90_000),
  throttle: fc.constantFrom<(number | false)[]>(false, false, 50),
  stallAfterMs: fc.constant(3000),
}, { requiredKeys: ['scripts'] })

interface Weighted {
  readonly weight: number
  readonly arbitrary: fc.Arbitrary<Step>
}

const few = fc.integer({ min: 1, max: 4 })
const step = (weight: number, arbitrary: fc.Arbitrary<Step>): Weighted => ({ weight, arbitrary })
const is = <const Word extends string>(word: Word): fc.Arbitrary<Word> => fc.constant(word)

/** What happens where a line breaks and nothing else is wrong. */
const drops: readonly Weighted[] = [
  step(8, fc.tuple(is('flow'), few)),
  step(4, fc.constant<Step>(['answer'])),
  step(4, fc.tuple(is('emit'), few)),
  step(4, fc.tuple(is('deliver'), few)),
  step(4, fc.tuple(is('drop'), fc.constantFrom('reset', 'end'))),
  step(2, fc.constant<Step>(['cut'])),
  step(2, fc.tuple(is('copy'), fc.nat(20))),
  step(6, fc.tuple(is('pass'), fc.constantFrom(100, 1000, 1000, 5000, 31_000, 61_000))),
  step(2, fc.tuple(is('go'), fc.constantFrom('offline', 'online', 'hidden', 'shown'))),
]

const others: readonly Weighted[] = [
  step(5, fc.tuple(is('submit'), fc.constantFrom('reject', 'queue', 'replace'), fc.constantFrom('other', 'same'))),
  step(1, fc.tuple(is('refuse'), fc.constantFrom(422, 429, 500, 404))),
  step(1, fc.tuple(is('lose'), fc.constantFrom('request', 'answer'))),
  step(1, fc.constant<Step>(['foreign'])),
  step(2, fc.tuple(is('earlier'), fc.nat(20))),
  step(5, fc.tuple(is('read'), fc.constant<ReadAnswer>('fresh'), fc.constantFrom('oldest', 'newest'))),
  step(5, fc.tuple(
    is('read'), fc.constantFrom<ReadAnswer[]>('asked', 'asked', 'before', 'before', 'reset', 'garbage', 'wait', 404, 429, 500),
    fc.constantFrom('oldest', 'newest'),
  )),
  step(2, fc.constant<Step>(['stop'])),
  step(3, fc.tuple(is('stopped'), fc.constantFrom('confirmed', 'refused', 'ignored', 'silently', 'before'))),
  step(1, fc.constant<Step>(['halt'])),
  step(1, fc.constant<Step>(['cancel'])),
  step(1, fc.constant<Step>(['disconnect'])),
  step(2, fc.constant<Step>(['reconnect'])),
  step(2, fc.tuple(is('reload'), fc.constantFrom('saved', 'crashed', 'elsewhere'))),
]

const after = (steps: readonly Weighted[]): fc.Arbitrary<readonly Step[]> =>
  fc.array(fc.oneof(...steps), { maxLength: 40, size: 'max' }).map((given): readonly Step[] => [['submit', 'reject'], ...given])

/** Whatever may happen, in any order. */
export const interleavings = after([...drops, ...others])

/** Turns one after the other, whose lines break and can be gone back to. */
export const brokenLines = after([...drops, step(4, fc.constant<Step>(['submit', 'queue']))])
