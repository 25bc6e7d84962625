import { describe, expect, it } from 'vitest'
import { post, readFrames, type Fields } from './readStream.ts'
import { serve } from './serve.ts'

const json = async (response: Response): Promise<unknown> => response.json()
const input = { input: { text: 'My name is Ada.' } }

describe('invoke', () => {
  it('answers the finished task', async () => {
    const { get, workflowPath } = await serve()

    const response = await get(`${workflowPath('question-and-answer')}/invoke`, post(input))

    expect(response.headers.get('content-type')).toBe('application/json')
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/)
    expect(await json(response)).toMatchObject({ status: 'completed', result: expect.stringContaining('Ada') as string })
  })

  it('answers at once when it is asynchronous, and the task can be read until it ends', async () => {
    const { get, workflowPath } = await serve({ speed: 1 })

    const started = (await json(await get(`${workflowPath('slow-run')}/invoke/async`, post(input)))) as Fields
    const read = await json(await get(`/v1/tasks/${String(started.id)}`))

    expect(started).toMatchObject({ status: 'pending', finished_at: null })
    expect(read).toMatchObject({ id: started.id, finished_at: null })
  })
})

describe('tasks', () => {
  it('are listed newest first, filtered and in pages, with the fields of a list only', async () => {
    const { get, workflowPath, stream, simulator } = await serve()
    for (const text of ['first', 'second', 'third']) await readFrames(await stream('question-and-answer', text))
    await readFrames(await stream('failed-run', 'other'))
    const agentId = workflowPath('question-and-answer').split('/').at(-1)!

    const page = (await json(await get(`/v1/tasks?agent_id=${agentId}&per_page=2`))) as { readonly items: readonly Fields[] }
    const failed = await json(await get('/v1/tasks?status=failed'))

    expect(page).toMatchObject({ total: 3, page: 1, per_page: 2, total_pages: 2 })
    expect(page.items.map((item) => item.id)).toEqual([simulator.tasks[2]!.id, simulator.tasks[1]!.id])
    expect(Object.keys(page.items[0]!)).not.toContain('input')
    expect(failed).toMatchObject({ total: 1 })
  })

  it.each([
    ['page=0', 'page', 'greater_than_equal'],
    ['per_page=51', 'per_page', 'less_than_equal'],
    ['per_page=many', 'per_page', 'int_parsing'],
  ])('refuse a list with %s', async (query, name, type) => {
    const { get } = await serve()

    const response = await get(`/v1/tasks?${query}`)

    expect(response.status).toBe(422)
    expect(await json(response)).toMatchObject({ detail: [{ loc: ['query', name], type }] })
  })

  it('include child runs, which name their parent', async () => {
    const { get, stream } = await serve()
    const frames = await readFrames(await stream('report-pipeline', 'Report'))
    const rootId = frames[0]!.task_id

    const root = (await json(await get(`/v1/tasks/${rootId}`))) as { readonly sub_executions: readonly string[] }
    const child = await json(await get(`/v1/tasks/${root.sub_executions[0]!}`))
    const list = await json(await get(`/v1/tasks?parent_task_id=${rootId}`))

    expect(child).toMatchObject({ parent_execution: rootId, status: 'completed', is_orchestration: false })
    expect(list).toMatchObject({ total: 1 })
  })

  it('are gone after a delete', async () => {
    const { get, stream } = await serve()
    const [frame] = await readFrames(await stream('question-and-answer', 'Hi'))

    const deleted = await get(`/v1/tasks/${frame!.task_id}`, { method: 'DELETE' })

    expect(deleted.status).toBe(204)
    expect(await deleted.text()).toBe('')
    expect((await get(`/v1/tasks/${frame!.task_id}`)).status).toBe(404)
  })
})

describe('threads', () => {
  it('hold what was said; the full one also what tools answered, child runs apart', async () => {
    const { get, stream } = await serve()
    const frames = await readFrames(await stream('report-pipeline', 'Report'))
    const { task_id: rootId } = frames[0]!
    const childId = frames.find((frame) => frame.task_id !== rootId)!.task_id

    const thread = (await json(await get(`/v1/tasks/${rootId}/thread`))) as readonly Fields[]
    const full = (await json(await get(`/v1/tasks/${rootId}/thread/full`))) as Readonly<Record<string, readonly Fields[]>>

    expect(thread).toMatchObject([
      { id: `${rootId}_user_1`, role: 'user', content: 'Report', created_at: expect.any(Number) as number },
      { id: `${rootId}_agent_1`, role: 'assistant', content: expect.stringContaining('# Report') as string, metrics: { total_tokens: expect.any(Number) as number } },
    ])
    expect(Object.keys(full)).toEqual(['root', childId])
    expect(full.root!.map((message) => message.role)).toEqual(['system', 'user', 'tool', 'tool', 'tool', 'tool', 'assistant'])
    expect(full[childId]!.map((message) => message.role)).toEqual(['system', 'user', 'tool', 'tool', 'assistant'])
  })
})

describe('workflows', () => {
  it('are listed, the report pipeline first', async () => {
    const { get, simulator } = await serve()

    const list = (await json(await get('/v1/workflows'))) as { readonly items: readonly Fields[] }

    expect(list.items.map((item) => item.id)).toEqual(simulator.workflows.map((workflow) => workflow.id))
    expect(list.items[0]).toMatchObject({ name: 'Report pipeline', type: 'orchestration', status: 'ACTIVE', version: 3 })
  })

  it('hold their canvas with conditions, retries and the nodes inside parallel nodes', async () => {
    const { get, workflowPath } = await serve()

    const workflow = (await json(await get(workflowPath('report-pipeline')))) as { readonly orchestration_nodes: readonly Fields[] }

    const gather = workflow.orchestration_nodes.find((node) => node.id === 'gather')
    expect(gather).toMatchObject({
      type: 'parallel',
      next_node_ids: ['review'],
      condition: { type: 'equal', group_id: 'report', term: null, path: null, value: null },
      definition: { nodes: [{ id: 'sales-figures', retry_strategy: { enabled: true, max_retries: 2 } }, { id: 'market-research', type: 'agent' }] },
    })
  })

  it('list their nodes in the simplified shape, nested ones flat', async () => {
    const { get, workflowPath } = await serve()

    const nodes = (await json(await get(`${workflowPath('report-pipeline')}/nodes`))) as readonly Fields[]

    expect(nodes.map((node) => node.id)).toEqual(['classify', 'gather', 'sales-figures', 'market-research', 'decline', 'review', 'write-report'])
    expect(nodes[2]).toEqual({
      id: 'sales-figures',
      type: 'action',
      name: 'Sales figures',
      next_node_ids: [],
      asset_id: 'conn-warehouse:op-warehouse-query',
      connection_id: 'conn-warehouse',
      operation_id: 'op-warehouse-query',
      target_agent_id: null,
    })
    expect(nodes[3]).toMatchObject({ type: 'agent', target_agent_id: nodes[3]!.asset_id })
  })
})

describe('paths', () => {
  it('may stand under any mount', async () => {
    const { url, workflowPath } = await serve()

    const mounted = await fetch(`${url}/api/v1/xpander${workflowPath('failed-run')}/nodes`)

    expect(mounted.status).toBe(200)
  })

  it('may hold an encoded id', async () => {
    const { get } = await serve()

    const response = await get('/v1/tasks/no%2Fsuch%20task')

    expect(await json(response)).toEqual({ detail: 'Task not found' })
  })
})
