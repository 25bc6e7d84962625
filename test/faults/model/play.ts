import { afterEach, beforeEach, expect, vi } from 'vitest'
import { checkEnd, checkLaws } from './modelLaws.ts'
import { finish, take } from './modelSteps.ts'
import type { Step } from './modelSteps.ts'
import { BEGINNING, createWorld } from './modelWorld.ts'
import type { Setup, World } from './modelWorld.ts'

/** Puts the clock in place that models run by. */
export function fakeClock(): void {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: BEGINNING }) })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
  })
}

/** Takes the steps, lets everything through, and looks after each step whether all is as it has to be. */
export async function play(setup: Setup, steps: readonly Step[], look: (world: World) => void = () => undefined): Promise<void> {
  vi.clearAllTimers()
  vi.setSystemTime(BEGINNING)
  const world = createWorld(setup)
  try {
    for (const step of steps) {
      await take(world, step)
      checkLaws(world)
    }
    await finish(world, checkLaws)
    checkEnd(world)
    look(world)
  } finally {
    await world.leave()
    vi.unstubAllGlobals()
  }
  expect(world.leftovers, 'a page leaves nothing behind').toEqual([])
}
