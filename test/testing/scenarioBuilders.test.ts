import { describe, expect, it } from 'vitest'
import {
  analyze,
  createWorkflowSimulator,
  event,
  executed,
  fail,
  finish,
  parallel,
  plan,
  scenario,
  signIn,
  subAgent,
  text,
  think,
  toolCall,
  update,
  wait,
  waitForApproval,
  type Scenario,
  type StepList,
} from '../../src/testing.ts'
import { lastData, readFrames, textOf, type Fields, type ReadFrame } from './readStream.ts'
import { streamInMemory, workflowPathOf } from './serve.ts'

const nodes = [
  { id: 'a', type: 'action', name: 'First', next: ['b'] },
  { id: 'b', type: 'parallel', nodes: [{ id: 'c', type: 'agent' }] },
]

const describeScenario = (run: Scenario['run'], more: Partial<Scenario> = {}): Scenario => scenario({ id: 'mine', name: 'Mine', description: '', nodes, run, ...more })

async function play(run: Scenario['run'], input = 'Hi'): Promise<readonly ReadFrame[]> {
  return readFrames(await streamInMemory(createWorkflowSimulator({ scenarios: [describeScenario(run)], speed: 0 }), 'mine', input))
}

/** What a run shows between its start and its end. */
const middle = (frames: readonly ReadFrame[]): readonly Pick<ReadFrame, 'type' | 'data'>[] => frames.slice(2, -1).map(({ type, data }) => ({ type, data }))

describe('a scenario', () => {
  it.each([
    ['a step', [toolCall('x')]],
    ['a step during a call', [toolCall('a', { during: [executed('x')] })]],
    ['a step of a branch', [parallel([executed('a')], [toolCall('x')])]],
    ['a step of an agent', [subAgent('c', { run: [toolCall('x')] })]],
    ['a step after a rejection', [waitForApproval('a', { rejected: [toolCall('x')] })]],
  ])('that names an unknown node in %s is refused', (_name, run: StepList) => {
    expect(() => describeScenario(run)).toThrow(/^scenario 'mine': (toolCall|executed) names the node 'x', which it does not have\. Its nodes: 'a', 'b', 'c'\.$/)
  })

  it.each([
    ['two nodes of one id', { nodes: [...nodes, { id: 'c', type: 'code' }] }, "scenario 'mine' has two nodes with the id 'c'."],
    ['a way to nowhere', { nodes: [{ id: 'a', type: 'action', next: ['z'] }] }, "scenario 'mine': node 'a' leads to 'z', which is not among its nodes."],
    ['no id', { id: '' }, 'scenario() needs an id'],
  ])('with %s is refused', (_name, more, message) => {
    expect(() => describeScenario([], more)).toThrow(message)
  })

  it('may have an id to invoke it by, which no other has', async () => {
    const mine = describeScenario([], { workflowId: 'wf-1' })

    expect(createWorkflowSimulator({ scenarios: [mine] }).workflows).toEqual([{ id: 'wf-1', name: 'Mine', description: '', scenario: 'mine', sampleInput: 'Hello' }])
    expect(() => createWorkflowSimulator({ scenarios: [mine, mine] })).toThrow("two scenarios for the workflow 'wf-1'")
    expect(() => createWorkflowSimulator({ scenarios: [] })).toThrow('needs at least one scenario')
  })

  it('may keep nested nodes out of /nodes', async () => {
    const simulator = createWorkflowSimulator({ scenarios: [describeScenario([], { listsNestedNodes: false })] })

    const listed = (await (await simulator.fetch(`${workflowPathOf(simulator, 'mine')}/nodes`)).json()) as readonly Fields[]

    expect(listed.map((node) => node.id)).toEqual(['a', 'b'])
  })

  it('that throws ends its run with an error that says so', async () => {
    const throwing = (): never => {
      throw new Error('oops')
    }

    expect((await play([text(throwing)])).at(-1)!.data).toMatchObject({ status: 'error', result: "Scenario 'mine' threw: oops" })
    expect((await play([parallel([text(throwing)])])).at(-1)!.data).toMatchObject({ status: 'error' })
    expect((await play(throwing)).at(-1)!.data).toMatchObject({ status: 'error' })
    expect((await play(() => [toolCall('x')])).at(-1)!.data).toMatchObject({ status: 'error', result: expect.stringContaining("names the node 'x'") as string })
  })

  it('may choose its steps by the turn, as a whole and in between', async () => {
    const run: Scenario['run'] = (turn) => [text(`${turn.text} ${turn.number} ${turn.history.length} ${turn.task.status}; `), ({ files }) => [text(String(files.length))]]

    expect(textOf(await play(run, 'Hey'))).toBe('Hey 1 0 executing; 0')
  })
})

describe('a step', () => {
  it.each([
    ['think', think('Hm.'), { type: 'think', data: 'Hm.' }],
    ['think of the turn', think((turn) => ({ thought: turn.text })), { type: 'think', data: { thought: 'Hi' } }],
    ['analyze', analyze({ analysis: 'Fine.' }), { type: 'analyze', data: { analysis: 'Fine.' } }],
    ['plan', plan(['x', 'y'], { done: 1 }), { type: 'plan_updated', data: { enabled: true, tasks: [{ id: 'plan-1', title: 'x', completed: true }, { id: 'plan-2', title: 'y', completed: false }] } }],
    ['executed', executed('a'), { type: 'task_updated', data: { last_executed_node_id: 'a' } }],
    ['update', update({ internal_status: 'half' }), { type: 'task_updated', data: { internal_status: 'half' } }],
    ['update of the turn', update((turn) => ({ title: turn.text })), { type: 'task_updated', data: { title: 'Hi' } }],
    ['event', event({ type: 'brand_new', data: { x: 1 } }), { type: 'brand_new', data: { x: 1 } }],
    ['event without data', event((turn) => ({ type: turn.text })), { type: 'Hi', data: null }],
    ['text', text('Hello', { pieceLength: 9 }), { type: 'chunk', data: 'Hello' }],
  ])('%s sends one frame', async (_name, step, frame) => {
    const shown = middle(await play([step]))

    expect(shown).toHaveLength(1)
    expect(shown[0]).toMatchObject(frame)
  })

  it('toolCall sends request, result, and the node as executed', async () => {
    const shown = middle(await play([toolCall('a', { input: { q: 1 }, output: ({ text: said }: { text: string }) => said, reasoning: { title: 'Why' } })]))

    const call = {
      request_id: expect.stringMatching(/^req-\w{8}$/) as string,
      operation_id: 'op-first',
      tool_call_id: expect.stringMatching(/^call_\w{12}$/) as string,
      graph_node_id: 'a',
      tool_name: 'First',
      payload: { q: 1 },
      reasoning: { title: 'Why', description: null },
    }
    expect(shown[0]).toEqual({ type: 'tool_call_request', data: call })
    expect(shown[1]).toEqual({ type: 'tool_call_result', data: { ...(shown[0]!.data as Fields), result: 'Hi', is_error: false } })
    expect(shown[2]).toMatchObject({ type: 'task_updated', data: { last_executed_node_id: 'a' } })
    expect(shown).toHaveLength(3)
  })

  it.each([
    ['fails', { error: (turn: { text: string }) => `no ${turn.text}` }, ['tool_call_request', 'tool_call_result']],
    ['is one of several', { completesNode: false }, ['tool_call_request', 'tool_call_result']],
    ['is never answered', { answered: false }, ['tool_call_request']],
    ['does something meanwhile', { during: [think('Hm.')] }, ['tool_call_request', 'think', 'tool_call_result', 'task_updated']],
  ])('toolCall that %s', async (_name, options, types) => {
    expect(middle(await play([toolCall('a', options)])).map((frame) => frame.type)).toEqual(types)
  })

  it('toolCall may leave its node unnamed, and belong to none', async () => {
    const shown = middle(await play([toolCall('a', { namesNode: false }), toolCall(null, { tool: 'Web search' })]))

    expect(shown[0]!.data).toMatchObject({ graph_node_id: null, tool_name: 'First' })
    expect(shown[3]!.data).toMatchObject({ graph_node_id: null, tool_name: 'Web search', operation_id: 'op-web-search' })
  })

  it('toolCall that fails carries its message as the result', async () => {
    expect(lastData(await play([toolCall('a', { error: '503' })]), 'tool_call_result')).toMatchObject({ result: '503', is_error: true })
  })

  it('text is cut into pieces, never inside a character', async () => {
    const pieces = middle(await play([text('ab🚋🚋c', { pieceLength: 3 })])).map((frame) => frame.data)

    expect(pieces).toEqual(['ab🚋', '🚋c'])
  })

  it('subAgent may keep its frames to itself', async () => {
    const frames = await play([subAgent('c', { query: 'Look', run: [text('inner')], isForwarded: false }), text('outer')])

    expect(new Set(frames.map((frame) => frame.task_id)).size).toBe(1)
    expect(lastData(frames, 'task_finished')).toMatchObject({ result: 'outer', sub_executions: [expect.any(String)] })
  })

  it('subAgent may have agents of its own, which the thread keeps apart', async () => {
    const simulator = createWorkflowSimulator({ scenarios: [describeScenario([subAgent('c', { run: [subAgent(null, { query: 'deeper', run: [text('deep')] })] })])], speed: 0 })

    const frames = await readFrames(await streamInMemory(simulator, 'mine'))

    const created = frames.filter((frame) => frame.type === 'task_created').map((frame) => frame.data as Fields)
    expect(created.map((task) => (task.input as Fields).text)).toEqual(['Hi', 'Hi', 'deeper'])
    expect(created.map((task) => task.parent_execution)).toEqual([null, created[0]!.id, created[1]!.id])
    const thread = (await (await simulator.fetch(`/v1/tasks/${String(created[0]!.id)}/thread/full`)).json()) as object
    expect(Object.keys(thread)).toEqual(['root', created[1]!.id, created[2]!.id])
  })

  it('signIn has defaults', async () => {
    const simulator = createWorkflowSimulator({ scenarios: [describeScenario([signIn()])], speed: 0 })
    await streamInMemory(simulator, 'mine')

    expect(simulator.tasks[0]).toMatchObject({ pending_eca_request: { connector_name: 'Example docs', auth_url: expect.stringMatching(/^https:/) as string } })
  })

  it('waitForApproval that is rejected fails the run when nothing else was said', async () => {
    const simulator = createWorkflowSimulator({ scenarios: [describeScenario([waitForApproval('a')])], speed: 0 })
    await streamInMemory(simulator, 'mine')

    simulator.reject(simulator.tasks[0]!.id)

    expect(simulator.tasks[0]).toMatchObject({ status: 'failed', result: 'The approver rejected the request.' })
  })

  it.each([
    ['nothing', [text('streamed')], { status: 'completed', result: 'streamed' }],
    ['finish', [text('streamed'), finish()], { status: 'completed', result: 'streamed' }],
    ['finish with text', [text('streamed'), finish('given')], { status: 'completed', result: 'given' }],
    ['finish with an object', [finish({ a: 1 }, { tokens: { prompt: 7, completion: 2 } })], { result: '{"a":1}', tokens: { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 } }],
    ['finish of the turn', [finish((turn: { text: string }) => [turn.text])], { result: '["Hi"]' }],
    ['fail', [fail('no'), text('never')], { status: 'failed', result: 'no' }],
    ['fail as an error', [fail((turn) => turn.text, { status: 'error' })], { status: 'error', result: 'Hi' }],
    ['finish in a branch', [parallel([finish('first')], [wait(9e9), text('never')])], { status: 'completed', result: 'first' }],
  ])('%s at the end', async (_name, run: StepList, task) => {
    const frames = await play(run)

    expect(frames.filter((frame) => frame.type === 'task_finished')).toHaveLength(1)
    expect(frames.at(-1)!.data).toMatchObject(task)
  })

  it.each([
    ['wait', () => wait(-1)],
    ['text', () => text('x', { pieceLength: 0 })],
  ])('%s refuses what would never end', (_name, build) => {
    expect(build).toThrow(RangeError)
  })
})
