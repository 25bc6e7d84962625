import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createFrameSchedule } from '../../src/store/frameSchedule.ts'

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame'] }) })
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function hide(isHidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden)
}

it('runs once for all that is asked within a frame', () => {
  const run = vi.fn()
  const schedule = createFrameSchedule('frame', run)

  schedule.ask(false)
  schedule.ask(false)
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersToNextFrame()

  expect(run).toHaveBeenCalledTimes(1)
})

it('does not wait for a frame that never comes', () => {
  const run = vi.fn()
  vi.spyOn(globalThis, 'requestAnimationFrame').mockReturnValue(1)
  const schedule = createFrameSchedule('frame', run)

  schedule.ask(false)
  vi.advanceTimersByTime(249)
  expect(run).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)

  expect(run).toHaveBeenCalledTimes(1)
})

it('uses a timer alone while the page is hidden', () => {
  const run = vi.fn()
  const ask = vi.spyOn(globalThis, 'requestAnimationFrame')
  hide(true)
  const schedule = createFrameSchedule('frame', run)

  schedule.ask(false)
  vi.advanceTimersByTime(250)

  expect(ask).not.toHaveBeenCalled()
  expect(run).toHaveBeenCalledTimes(1)
})

it.each([
  ['an urgent request is met', (schedule: ReturnType<typeof createFrameSchedule>) => { schedule.ask(true) }, 1],
  ['nothing is left to run for', (schedule: ReturnType<typeof createFrameSchedule>) => { schedule.cancel() }, 0],
])('leaves no timer when %s', (_, act, times) => {
  const run = vi.fn()
  const schedule = createFrameSchedule('frame', run)

  schedule.ask(false)
  act(schedule)

  expect(run).toHaveBeenCalledTimes(times)
  expect(vi.getTimerCount()).toBe(0)
})

it.each([
  ['each time', false as const, 0, 2],
  ['once in so many milliseconds', 100, 100, 1],
])('runs %s', (_, throttle, waitMs, times) => {
  const run = vi.fn()
  const schedule = createFrameSchedule(throttle, run)

  schedule.ask(false)
  schedule.ask(false)
  vi.advanceTimersByTime(waitMs)

  expect(run).toHaveBeenCalledTimes(times)
  expect(vi.getTimerCount()).toBe(0)
})
