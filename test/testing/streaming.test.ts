import { describe, expect, it } from 'vitest'
import { builtInScenarios, createWorkflowSimulator, manualClock } from '../../src/testing.ts'
import { readFrames, textOf, type Fields } from './readStream.ts'
import { serve, streamInMemory } from './serve.ts'

const snapshotFields = ['id', 'agent_id', 'organization_id', 'input', 'status', 'created_at', 'is_orchestration', 'sub_executions', 'deep_planning', 'execution_attempts', 'tokens', 'hitl_request']
// Scenarios that need nobody to let them go on, and that speak the current protocol.
const unattended = builtInScenarios.map(({ id }) => id).filter((id) => !['approval', 'sign-in', 'legacy-protocol'].includes(id))

describe('a stream over HTTP', () => {
  it.each(unattended)('of %s has full envelopes, full snapshots, and a time of its own for every frame', async (scenario) => {
    const { stream } = await serve()

    const response = await stream(scenario, 'Hi')
    const frames = await readFrames(response)

    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8')
    expect(frames[0]).toMatchObject({ type: 'task_created', data: { status: 'pending', input: { text: 'Hi', files: [], user: null } } })
    expect(frames.at(-1)).toMatchObject({ type: 'task_finished', task_id: frames[0]!.task_id })
    const times = frames.map((frame) => frame.time)
    expect(times.every((time) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(time))).toBe(true)
    expect(new Set(times).size).toBe(times.length)
    expect([...times].sort()).toEqual(times)
    for (const frame of frames) {
      expect(Object.keys(frame)).toEqual(['type', 'task_id', 'organization_id', 'time', 'data'])
      if (/^task_(created|updated|finished)$/.test(frame.type)) {
        expect(Object.keys(frame.data as Fields)).toEqual(expect.arrayContaining(snapshotFields))
        expect((frame.data as Fields).id).toBe(frame.task_id)
      }
    }
  })

  it('has the same bytes in memory', async () => {
    const { stream, simulator } = await serve({ clock: manualClock() })
    const twin = createWorkflowSimulator({ speed: 0, clock: manualClock() })

    const overHttp = await (await stream('report-pipeline', 'Hi')).text()
    const inMemory = await (await streamInMemory(twin, 'report-pipeline')).text()

    expect(overHttp).toBe(inMemory)
    expect(simulator.tasks).toEqual(twin.tasks)
  })

  it('gives back what the request set, secrets included, as the service does', async () => {
    const { stream } = await serve()

    const frames = await readFrames(
      await stream('question-and-answer', 'Hi', {
        input: { text: 'Hi', user: { email: 'ada@example.com', first_name: 'Ada' } },
        title: 'A title',
        user_tokens: { docs: 'secret' },
        mcp_servers: [{ name: 'docs', api_key: 'secret' }],
        think_mode: 'harder',
      }),
    )

    expect(frames[0]!.data).toMatchObject({
      title: 'A title',
      user_tokens: { docs: 'secret' },
      mcp_servers: [{ name: 'docs', api_key: 'secret' }],
      think_mode: 'harder',
      input: { user: { email: 'ada@example.com', first_name: 'Ada', display_name: 'Ada', role: 'member' } },
    })
  })

  it('runs the version that was asked for, the latest without one', async () => {
    const { get, workflowPath, stream } = await serve()
    const body = { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"input":{"text":"Hi"}}' }

    const versioned = await readFrames(await get(`${workflowPath('question-and-answer')}/invoke/stream?version=2`, body))
    const latest = await readFrames(await stream('question-and-answer', 'Hi'))

    expect(versioned[0]!.data).toMatchObject({ agent_version: '2' })
    expect(latest[0]!.data).toMatchObject({ agent_version: '3' })
  })

  it('goes on with the run when the listener leaves', async () => {
    const clock = manualClock()
    const { stream, get, simulator } = await serve({ clock, speed: 1 })
    const response = await stream('report-pipeline', 'Hi')
    const reader = response.body!.getReader()
    await reader.read()
    await reader.cancel()

    await clock.runAll()

    const taskId = simulator.tasks[0]!.id
    expect(await (await get(`/v1/tasks/${taskId}`)).json()).toMatchObject({ status: 'completed', result: expect.stringContaining('# Hi') as string })
  })

  it('comes as it happens, not at the end', async () => {
    const clock = manualClock()
    const { stream } = await serve({ clock, speed: 1 })
    const reader = (await stream('slow-run', 'Hi')).body!.getReader()

    const first = await reader.read()
    await clock.advance(5000)
    const second = await reader.read()

    expect(new TextDecoder().decode(first.value)).toContain('"task_created"')
    expect(new TextDecoder().decode(second.value)).toContain('"tool_call_request"')
    await reader.cancel()
  })
})

describe('text', () => {
  it('is the result, put together', async () => {
    const { stream } = await serve()

    const frames = await readFrames(await stream('long-answer', 'Hi'))

    const text = textOf(frames)
    expect(text.length).toBe(1024 * 1024)
    expect(frames.at(-1)!.data).toMatchObject({ result: text })
  })
})
