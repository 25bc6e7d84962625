import { afterEach, describe, expect, it, vi } from 'vitest'
import { createWorkflowSimulator, manualClock, systemClock } from '../../src/testing.ts'
import { streamInMemory } from './serve.ts'

afterEach(() => {
  vi.useRealTimers()
})

describe('a manual clock', () => {
  it('stands still, then moves as far as it is told', async () => {
    const clock = manualClock({ startMs: 1000 })

    const before = clock.now()
    await clock.advance(250)

    expect([before, clock.now()]).toEqual([1000, 1250])
  })

  it('fires timers at their own time and in order, those of one moment as they were set', async () => {
    const clock = manualClock({ startMs: 0 })
    const fired: [string, number][] = []
    const set = (name: string, delayMs: number): unknown => clock.setTimeout(() => fired.push([name, clock.now()]), delayMs)
    set('late', 30)
    set('early', 10)
    set('early too', 10)
    set('negative', -5)
    clock.clearTimeout(set('cleared', 20))

    await clock.advance(29)
    const atFirst = [...fired]
    await clock.advance(1)

    expect(atFirst).toEqual([['negative', 0], ['early', 10], ['early too', 10]])
    expect(fired.at(-1)).toEqual(['late', 30])
  })

  it('lets promises go on between two timers', async () => {
    const clock = manualClock({ startMs: 0 })
    const wait = (ms: number) => new Promise<void>((resolve) => clock.setTimeout(resolve, ms))
    const reached: number[] = []
    const walk = async (): Promise<void> => {
      for (let step = 0; step < 3; step++) {
        await wait(100)
        reached.push(clock.now())
      }
    }
    void walk()

    await clock.runAll()

    expect(reached).toEqual([100, 200, 300])
  })

  it('is not held up by faked timers', async () => {
    vi.useFakeTimers()
    const clock = manualClock({ startMs: 0 })
    let isFired = false
    clock.setTimeout(() => { isFired = true }, 10)

    await clock.advance(10)

    expect(isFired).toBe(true)
  })

  it.each([-1, NaN])('refuses to advance by %d', async (ms) => {
    await expect(manualClock().advance(ms)).rejects.toThrow(RangeError)
  })
})

describe('the system clock', () => {
  it('is the one that a simulator uses, and obeys faked timers', async () => {
    vi.useFakeTimers({ now: Date.UTC(2026, 0, 1) })
    const simulator = createWorkflowSimulator()
    await streamInMemory(simulator, 'question-and-answer')
    const before = simulator.tasks[0]!

    await vi.advanceTimersByTimeAsync(60_000)

    expect(before).toMatchObject({ status: 'pending', created_at: expect.stringMatching(/^2026-01-01T00:00:00\.000/) as string })
    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it('takes its timers back', () => {
    vi.useFakeTimers()
    const fired = vi.fn()

    systemClock.clearTimeout(systemClock.setTimeout(fired, 5))
    vi.advanceTimersByTime(10)

    expect(fired).not.toHaveBeenCalled()
  })
})

describe('close', () => {
  it('leaves no timer and starts none', async () => {
    vi.useFakeTimers()
    const simulator = createWorkflowSimulator()
    await streamInMemory(simulator, 'slow-run')
    simulator.fault({ kind: 'stall', atByte: 1, ms: 1000 })
    await streamInMemory(simulator, 'slow-run')

    simulator.close()
    await streamInMemory(simulator, 'slow-run')

    expect(vi.getTimerCount()).toBe(0)
  })
})
