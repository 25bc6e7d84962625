import { screen } from '@testing-library/react'
import { describe, expect, it } from 'vitest'
import { begin, expectOneRun, later, runLifeForTests } from './runLife.tsx'
import type { Life } from './runLife.tsx'

const run = runLifeForTests()

// Broken by: a view that closes the line of its task when it goes (`follow` of mountedView.ts).
describe.each([['plain', false], ['in StrictMode', true]])('a run whose stream broke, %s', (_, isStrict) => {
  describe.each<Life>(['shown', 'gone', 'suspended', 'broken', 'twice'])('with a view that is %s', (life) => {
    it('when it breaks, is followed once and shown when the view is back', async () => {
      const { live, drop } = await begin(run, isStrict)
      await live(life)
      await drop()
      await later(1000)
      await live('shown')

      await later(1000)
      run.finish()
      await later(1600)
      await later(600_000)

      expectOneRun(run)
      expect(run.onSettled).toHaveBeenCalledTimes(1)
    })

    it('while it is followed, has its end shown when the view is back', async () => {
      const { live, drop } = await begin(run, isStrict)
      await drop()
      await later(1000)
      await later(1000)
      await live(life)
      run.finish()
      await later(1600)

      await live('shown')
      await later(600_000)

      expectOneRun(run)
    })
  })

  it('is shown to its end on a page that a transition keeps until the next one is ready', async () => {
    const { live, drop } = await begin(run, isStrict)
    await live('suspended', true)
    expect(screen.getByRole('button').textContent).toBe('executing open Hel')

    await drop()
    expect(screen.getByRole('button').textContent).toBe('executing recovering Hel')
    await later(1000)
    await later(1000)
    run.finish()
    await later(1600)

    expectOneRun(run)
    await live('shown')
    expectOneRun(run)
    expect(run.onSettled).toHaveBeenCalledTimes(1)
  })
})
