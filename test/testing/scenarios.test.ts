import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, manualClock } from '../../src/testing.ts'
import { lastData, parseEvents, readFrames, textOf, type Fields, type ReadFrame } from './readStream.ts'
import { serve, streamInMemory } from './serve.ts'

const play = async (scenario: string, text = 'Hi'): Promise<readonly ReadFrame[]> => readFrames(await (await serve()).stream(scenario, text))

const nodeOf = (frame: ReadFrame): unknown => (frame.data as Fields).graph_node_id
const ofType = (frames: readonly ReadFrame[], type: string): readonly ReadFrame[] => frames.filter((frame) => frame.type === type)
const executedNodes = (frames: readonly ReadFrame[]): readonly unknown[] => [
  ...new Set(ofType(frames, 'task_updated').map((frame) => (frame.data as Fields).last_executed_node_id).filter((id) => id !== null)),
]

describe('the built-in workflows', () => {
  it('come in this order, each with an id of its own that is the same in every simulator', () => {
    const workflows = createWorkflowSimulator({ seed: 1 }).workflows

    expect(workflows.map((workflow) => workflow.scenario)).toEqual([
      'report-pipeline',
      'support-triage',
      'approval',
      'sign-in',
      'json-result',
      'failed-run',
      'slow-run',
      'long-answer',
      'legacy-protocol',
      'question-and-answer',
    ])
    expect(new Set(workflows.map((workflow) => workflow.id)).size).toBe(10)
    expect(createWorkflowSimulator({ seed: 2 }).workflows).toEqual(workflows)
  })
})

describe('the report pipeline', () => {
  it('takes 8 to 12 seconds', async () => {
    const clock = manualClock()
    const startMs = clock.now()
    const simulator = createWorkflowSimulator({ clock })
    await streamInMemory(simulator, 'report-pipeline')

    await clock.runAll()

    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
    expect(clock.now() - startMs).toBeGreaterThan(8000)
    expect(clock.now() - startMs).toBeLessThan(12_000)
  })

  it('runs an agent beside an action, in a task of its own with tools and text of its own', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ clock })
    const response = await streamInMemory(simulator, 'report-pipeline')
    await clock.runAll()

    const frames = await readFrames(response)
    const rootId = frames[0]!.task_id
    const child = frames.filter((frame) => frame.task_id !== rootId)

    expect([...new Set(child.map((frame) => frame.type))]).toEqual(['task_created', 'task_updated', 'think', 'tool_call_request', 'tool_call_result', 'chunk', 'task_finished'])
    expect(new Set(child.map((frame) => frame.task_id)).size).toBe(1)
    expect(child[0]!.data).toMatchObject({ parent_execution: rootId, agent_id: lastData(frames, 'sub_agent_trigger').agent_id })
    expect(lastData(frames, 'task_finished')).toMatchObject({ sub_executions: [child[0]!.task_id], finished_sub_executions: [child[0]!.task_id] })
    const parallelCall = frames.findIndex((frame) => frame.type === 'tool_call_request' && nodeOf(frame) === 'sales-figures')
    const firstOfChild = frames.indexOf(child[0]!)
    const answered = frames.findIndex((frame) => frame.type === 'tool_call_result' && nodeOf(frame) === 'sales-figures')
    expect([parallelCall, firstOfChild, answered].sort((left, right) => left - right)).toEqual([parallelCall, firstOfChild, answered])
  })

  it('shows every kind of thing that a run can show', async () => {
    const frames = await play('report-pipeline', 'Report on trams')

    expect(executedNodes(frames)).toEqual(['classify', 'sales-figures', 'market-research', 'gather', 'review', 'write-report'])
    expect(ofType(frames, 'plan_updated').map((frame) => (frame.data as { tasks: readonly { completed: boolean }[] }).tasks.filter((task) => task.completed).length)).toEqual([0, 1, 2, 3, 4])
    expect(ofType(frames, 'analyze')).toHaveLength(1)
    expect(textOf(frames)).toContain('| Germany | 1,060,000 |')
    expect(lastData(frames, 'task_finished')).toMatchObject({
      status: 'completed',
      result: textOf(frames),
      output_format: 'markdown',
      tokens: { total_tokens: expect.any(Number) as number },
      deep_planning: { enabled: true, started: true },
    })
  })
})

describe('support triage', () => {
  it('tries a failing tool again, each time under an id of its own, and runs a code node that nothing else tells of', async () => {
    const frames = await play('support-triage', 'Charged twice')

    const calls = ofType(frames, 'tool_call_result').filter((frame) => nodeOf(frame) === 'look-up-invoice')
    expect(calls.map((frame) => (frame.data as Fields).is_error)).toEqual([true, true, false])
    expect(calls[0]!.data).toMatchObject({ result: expect.stringContaining('503') as string })
    expect(new Set(calls.map((frame) => (frame.data as Fields).tool_call_id)).size).toBe(3)
    expect(executedNodes(frames)).toEqual(['read-ticket', 'classify', 'look-up-invoice', 'refund-policy', 'reply'])
    expect(frames.some((frame) => nodeOf(frame) === 'refund-policy')).toBe(false)
  })

  it.each([
    ['I cannot log in', ['read-ticket', 'classify', 'technical-help', 'reply']],
    ['Thanks, great work', ['read-ticket', 'classify', 'log-feedback', 'reply']],
  ])('takes another branch for “%s”', async (text, nodes) => {
    expect(executedNodes(await play('support-triage', text))).toEqual(nodes)
  })
})

describe('the approval', () => {
  it('pauses at its Wait node until somebody approves', async () => {
    const { stream, get, simulator } = await serve()
    const response = await stream('approval', 'Offer')
    const taskId = simulator.tasks[0]!.id
    const paused = await (await get(`/v1/tasks/${taskId}`)).json()

    const released = simulator.approve(taskId)
    const frames = await readFrames(response)

    expect(released).toBe(true)
    expect(paused).toMatchObject({ status: 'paused', hitl_request: { wait_node_id: 'sign-off' }, paused_at: expect.any(String) as string })
    expect(executedNodes(frames)).toEqual(['draft', 'sign-off', 'send', 'confirm'])
    expect(frames.at(-1)!.data).toMatchObject({ status: 'completed', hitl_request: null, paused_at: null })
  })

  it('archives the offer when somebody rejects it', async () => {
    const { stream, simulator } = await serve()
    const response = await stream('approval', 'Offer')

    simulator.reject(simulator.tasks[0]!.id)
    const frames = await readFrames(response)

    expect(executedNodes(frames)).toEqual(['draft', 'sign-off', 'archive'])
    expect(frames.at(-1)!.data).toMatchObject({ status: 'completed', result: expect.stringContaining('did not approve') as string })
  })

  it('can be released only while it waits, and only when there is such a task', async () => {
    const { stream, simulator } = await serve()
    await readFrames(await stream('question-and-answer', 'Hi'))

    expect(simulator.release(simulator.tasks[0]!.id)).toBe(false)
    expect(() => simulator.release('unknown')).toThrow("The simulator has no task 'unknown'.")
  })
})

describe('the sign-in', () => {
  it('asks in an event and in the record, and goes on when it is released', async () => {
    const { stream, get, simulator } = await serve()
    const response = await stream('sign-in', 'Where?')
    const taskId = simulator.tasks[0]!.id
    const waiting = await (await get(`/v1/tasks/${taskId}`)).json()

    simulator.release(taskId)
    const frames = await readFrames(response)

    const events = ofType(frames, 'auth_event').map((frame) => frame.data)
    const url = (events[0] as { data: { url: string } }).data.url
    expect(url).toMatch(/^https:\/\/auth\.example\.com\/authorize\?state=\w+$/)
    expect(events).toEqual([
      { type: 'login_required', data: { url, server_url: 'https://mcp.docs.example.com', server_name: 'Team documents' } },
      { type: 'token_ready', data: { access_token: 'REDACTED' } },
    ])
    expect(waiting).toMatchObject({ status: 'executing', pending_eca_request: { connector_name: 'Team documents', auth_url: url } })
    expect(frames.at(-1)!.data).toMatchObject({ status: 'completed', pending_eca_request: null })
  })

  it('fails when it is refused', async () => {
    const { stream, simulator } = await serve()
    const response = await stream('sign-in', 'Where?')

    simulator.reject(simulator.tasks[0]!.id)
    const frames = await readFrames(response)

    expect(lastData(frames, 'auth_event')).toMatchObject({ type: 'token_issue', data: { message: expect.any(String) as string } })
    expect(frames.at(-1)!.data).toMatchObject({ status: 'failed' })
  })
})

describe('the JSON result', () => {
  it('is JSON text that depends on the input', async () => {
    const frames = await play('json-result', 'Great battery, slow delivery')

    const task = lastData(frames, 'task_finished')
    expect(task).toMatchObject({ output_format: 'json', output_schema: { type: 'object' } })
    expect(JSON.parse(task.result as string)).toEqual({ sentiment: 'mixed', score: 3, topics: ['battery', 'delivery'], summary: 'Great battery, slow delivery' })
  })
})

describe('the failed run', () => {
  it('ends as failed after the last attempt, with the message as its result', async () => {
    const frames = await play('failed-run')

    expect(ofType(frames, 'tool_call_result').filter((frame) => (frame.data as Fields).is_error === true)).toHaveLength(3)
    expect(frames.at(-1)).toMatchObject({ type: 'task_finished', data: { status: 'failed', result: expect.stringContaining('AccessDenied') as string, last_executed_node_id: 'convert' } })
  })
})

describe('the slow run', () => {
  it('takes about a minute', async () => {
    const clock = manualClock()
    const startMs = clock.now()
    await streamInMemory(createWorkflowSimulator({ clock }), 'slow-run')

    await clock.runAll()

    expect((clock.now() - startMs) / 1000).toBeGreaterThan(50)
    expect((clock.now() - startMs) / 1000).toBeLessThan(70)
  })
})

describe('the legacy protocol', () => {
  it('has its own frames, fields at top level', async () => {
    const { stream } = await serve()

    const frames = parseEvents(await (await stream('legacy-protocol', 'Hi')).text()).map(({ data }) => JSON.parse(data) as Fields)

    expect(frames[0]).toEqual({ type: 'task_started', task_id: expect.any(String) as string, timestamp: expect.any(String) as string })
    expect(frames.slice(1, -1).every((frame) => frame.type === 'content_chunk' && typeof frame.content === 'string')).toBe(true)
    const text = frames.slice(1, -1).map((frame) => frame.content as string).join('')
    expect(frames.at(-1)).toEqual({ type: 'task_completed', task_id: frames[0]!.task_id, result: text })
    expect(text).toContain('“Hi”')
  })
})
