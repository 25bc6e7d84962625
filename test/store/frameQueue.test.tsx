import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import type { Fact } from '../../src/state/fact.ts'
import { createFrameQueue } from '../../src/store/frameQueue.ts'

const fact = (key: string): Fact => ({ kind: 'opened', key })

beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'requestAnimationFrame', 'cancelAnimationFrame'] }) })
afterEach(() => {
  vi.restoreAllMocks()
  vi.useRealTimers()
})

function hide(isHidden: boolean): void {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden)
}

it('hands on what came within a frame at once', () => {
  const apply = vi.fn()
  const queue = createFrameQueue('frame', apply)

  queue.push(fact('a'))
  queue.push(fact('b'))
  expect(apply).not.toHaveBeenCalled()
  vi.advanceTimersToNextFrame()

  expect(apply).toHaveBeenCalledExactlyOnceWith([fact('a'), fact('b')])
})

it('does not wait for a frame that never comes', () => {
  const apply = vi.fn()
  vi.spyOn(globalThis, 'requestAnimationFrame').mockReturnValue(1)
  const queue = createFrameQueue('frame', apply)

  queue.push(fact('a'))
  vi.advanceTimersByTime(249)
  expect(apply).not.toHaveBeenCalled()
  vi.advanceTimersByTime(1)

  expect(apply).toHaveBeenCalledTimes(1)
})

it('uses a timer alone while the page is hidden', () => {
  const apply = vi.fn()
  const ask = vi.spyOn(globalThis, 'requestAnimationFrame')
  hide(true)
  const queue = createFrameQueue('frame', apply)

  queue.push(fact('a'))
  vi.advanceTimersByTime(250)

  expect(ask).not.toHaveBeenCalled()
  expect(apply).toHaveBeenCalledTimes(1)
})

it('publishes an urgent fact at once, with all that came before it, and leaves no timer', () => {
  const apply = vi.fn()
  const queue = createFrameQueue('frame', apply)

  queue.push(fact('a'))
  queue.push(fact('b'), true)

  expect(apply).toHaveBeenCalledExactlyOnceWith([fact('a'), fact('b')])
  expect(vi.getTimerCount()).toBe(0)
})

it.each([
  ['each fact at once', false as const, 0, 2],
  ['once in so many milliseconds', 100, 100, 1],
])('publishes %s', (_, throttle, waitMs, times) => {
  const apply = vi.fn()
  const queue = createFrameQueue(throttle, apply)

  queue.push(fact('a'))
  queue.push(fact('b'))
  vi.advanceTimersByTime(waitMs)

  expect(apply).toHaveBeenCalledTimes(times)
  expect(vi.getTimerCount()).toBe(0)
})

it('takes facts that are pushed while it publishes', () => {
  const seen: string[] = []
  const queue = createFrameQueue('frame', (facts) => {
    for (const one of facts) {
      if (!('key' in one) || one.key === undefined) continue
      seen.push(one.key)
      if (one.key === 'a') queue.push(fact('b'), true)
    }
  })

  queue.push(fact('a'), true)

  expect(seen).toEqual(['a', 'b'])
})
