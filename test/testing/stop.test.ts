import { describe, expect, it } from 'vitest'
import { manualClock, type ManualClock } from '../../src/testing.ts'
import { readFrames, type Fields } from './readStream.ts'
import { serve, type Served } from './serve.ts'

async function startSlowRun(): Promise<Served & { readonly clock: ManualClock; readonly response: Response; readonly stop: () => Promise<Response>; readonly read: () => Promise<Fields> }> {
  const clock = manualClock()
  const served = await serve({ clock, speed: 1 })
  const response = await served.stream('slow-run', 'Hi')
  await clock.advance(4000)
  const path = `/v1/tasks/${served.simulator.tasks[0]!.id}`
  return {
    ...served,
    clock,
    response,
    stop: () => served.get(`${path}/stop`, { method: 'POST' }),
    read: async () => (await served.get(path)).json() as Promise<Fields>,
  }
}

describe('a stop', () => {
  it('needs no body, answers the stopped task, and ends the stream a moment later', async () => {
    const { clock, response, stop, read } = await startSlowRun()

    const answer = await stop()
    await clock.advance(100)

    const stopped = { status: 'stopped', is_manually_stopped: true, finished_at: expect.any(String) as string, result: null }
    expect(await answer.json()).toMatchObject(stopped)
    expect(await read()).toMatchObject(stopped)
    expect((await readFrames(response)).at(-1)).toMatchObject({ type: 'task_finished', data: stopped })
  })

  it('changes nothing the second time, and nothing about a task that has ended', async () => {
    const { clock, stop, read, get, stream, simulator } = await startSlowRun()
    await stop()
    const once = await read()
    await clock.runAll()
    const finished = await stream('failed-run', 'Hi')
    await clock.runAll()
    await finished.text()
    const ended = simulator.tasks.find((task) => task.status === 'failed')!

    const again = await stop()
    const late = await get(`/v1/tasks/${ended.id}/stop`, { method: 'POST' })

    expect(await again.json()).toEqual(once)
    expect(await late.json()).toEqual(ended)
  })

  it('stops child runs too, and says so on the stream before the root ends', async () => {
    const clock = manualClock()
    const { stream, get, simulator } = await serve({ clock, speed: 1 })
    const response = await stream('report-pipeline', 'Hi')
    await clock.advance(2000)
    const rootId = simulator.tasks[0]!.id

    await get(`/v1/tasks/${rootId}/stop`, { method: 'POST' })
    await clock.runAll()

    const ends = (await readFrames(response)).filter((frame) => frame.type === 'task_finished')
    expect(ends.map((frame) => (frame.data as Fields).status)).toEqual(['stopped', 'stopped'])
    expect(ends.at(-1)!.task_id).toBe(rootId)
    expect(simulator.tasks.map((task) => task.status)).toEqual(['stopped', 'stopped'])
  })

  it('of a child run lets the parent go on', async () => {
    const clock = manualClock()
    const { stream, get, simulator } = await serve({ clock, speed: 1 })
    const response = await stream('report-pipeline', 'Hi')
    await clock.advance(2000)

    await get(`/v1/tasks/${simulator.tasks[1]!.id}/stop`, { method: 'POST' })
    await clock.runAll()
    await response.text()

    expect(simulator.tasks.map((task) => task.status)).toEqual(['completed', 'stopped'])
  })

  it('ends a run that waits for approval', async () => {
    const { stream, get, simulator } = await serve()
    const response = await stream('approval', 'Hi')

    await get(`/v1/tasks/${simulator.tasks[0]!.id}/stop`, { method: 'POST' })

    expect((await readFrames(response)).at(-1)!.data).toMatchObject({ status: 'stopped', hitl_request: null, paused_at: null })
  })

  it('can be refused', async () => {
    const { stop, read, simulator } = await startSlowRun()
    simulator.fault({ kind: 'refuseStop', status: 403 })

    const refused = await stop()

    expect(refused.status).toBe(403)
    expect(await read()).toMatchObject({ status: 'executing' })
    expect((await stop()).status).toBe(200)
  })

  it('can be answered with a task that still runs', async () => {
    const { stop, simulator } = await startSlowRun()
    simulator.fault({ kind: 'ignoreStop' })

    const answer = await stop()

    expect(answer.status).toBe(200)
    expect(await answer.json()).toMatchObject({ status: 'executing', is_manually_stopped: false })
  })
})
