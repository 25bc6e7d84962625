import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, manualClock } from '../../src/testing.ts'
import { readFrames } from './readStream.ts'
import { streamInMemory } from './serve.ts'

/** Two turns of one conversation and another run beside them, as bytes. */
async function record(seed: string | number, startMs?: number): Promise<readonly string[]> {
  const clock = manualClock(startMs === undefined ? {} : { startMs })
  const simulator = createWorkflowSimulator({ seed, clock })
  const first = await streamInMemory(simulator, 'report-pipeline', 'Report on trams')
  await clock.advance(1500)
  const beside = await streamInMemory(simulator, 'support-triage', 'Charged twice')
  await clock.runAll()
  const firstText = await first.text()
  const second = await streamInMemory(simulator, 'report-pipeline', 'And buses?', { id: simulator.tasks[0]!.id })
  await clock.runAll()
  return [firstText, await beside.text(), await second.text(), ...[first, beside, second].map((response) => response.headers.get('x-request-id')!)]
}

describe('the same seed and clock', () => {
  it('give the same bytes', async () => {
    expect(await record('seed')).toEqual(await record('seed'))
  })

  it('give other ids with another seed', async () => {
    const [one] = await record(1)
    const [two] = await record(2)

    expect(one).not.toBe(two)
    expect(one!.length).toBe(two!.length)
  })

  it('give other times with another start', async () => {
    const [one] = await record(1, Date.UTC(2026, 0, 1))

    expect(one).toContain('"time":"2026-01-01T00:00:00.')
  })
})

describe('the ids of a seed', () => {
  it('are the same whatever the time, and look like UUIDs', async () => {
    const idsAt = async (startMs: number) => {
      const simulator = createWorkflowSimulator({ seed: 7, speed: 0, clock: manualClock({ startMs }) })
      const frames = await readFrames(await streamInMemory(simulator, 'report-pipeline'))
      return frames.map((frame) => frame.task_id)
    }

    const ids = await idsAt(0)

    expect(ids).toEqual(await idsAt(1_000_000))
    expect(ids.every((id) => /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(id))).toBe(true)
  })

  it('do not depend on what other tasks do meanwhile', async () => {
    const idsOf = async (others: readonly string[]) => {
      const simulator = createWorkflowSimulator({ seed: 7, speed: 0 })
      const first = await streamInMemory(simulator, 'support-triage')
      for (const other of others) await streamInMemory(simulator, other)
      return (await readFrames(first)).map((frame) => (frame.data as { tool_call_id?: string }).tool_call_id)
    }

    expect(await idsOf(['report-pipeline'])).toEqual(await idsOf([]))
  })
})

describe('speed', () => {
  it.each([
    [2, 10_000],
    [10, 50_000],
    [0.5, 2500],
  ])('%d plays in 5 seconds what takes %d ms at speed 1', async (speed, sameMs) => {
    const messagesAfter = async (options: { readonly speed?: number }, ms: number): Promise<number> => {
      const clock = manualClock()
      const simulator = createWorkflowSimulator({ clock, ...options })
      await streamInMemory(simulator, 'slow-run')
      await clock.advance(ms)
      const thread = (await (await simulator.fetch(`/v1/tasks/${simulator.tasks[0]!.id}/thread/full`)).json()) as { readonly root: readonly unknown[] }
      return thread.root.length
    }

    expect(await messagesAfter({ speed }, 5000)).toBe(await messagesAfter({}, sameMs))
  })

  it('0 plays all at once, with no timer', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ clock, speed: 0 })

    await streamInMemory(simulator, 'slow-run')

    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it.each([-1, NaN])('%d is refused', (speed) => {
    expect(() => createWorkflowSimulator({ speed })).toThrow(RangeError)
  })
})
