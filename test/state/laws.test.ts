import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import { EMPTY_STORE } from '../../src/state/taskState.ts'
import { batches, recordings } from './arbitraries.ts'
import { replayStore, toFacts } from './frames.ts'

const runs = { numRuns: Number(process.env.RUNS ?? 300) }

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
})
