import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, manualClock } from '../../src/testing.ts'
import { post, readPieces } from './readStream.ts'
import { streamInMemory, workflowPathOf } from './serve.ts'

describe('the fetch', () => {
  it.each([
    ['a relative address', (path: string) => path],
    ['a mounted address', (path: string) => `/api/xpander${path}`],
    ['an absolute address', (path: string) => `https://api.xpander.ai${path}`],
    ['a URL', (path: string) => new URL(path, 'https://api.xpander.ai')],
    ['a Request', (path: string) => new Request(new URL(path, 'https://api.xpander.ai'))],
  ])('takes %s', async (_name, address) => {
    const simulator = createWorkflowSimulator()

    const response = await simulator.fetch(address('/v1/workflows'))

    expect(response.status).toBe(200)
    expect(simulator.requests[0]).toMatchObject({ method: 'GET', path: '/v1/workflows' })
  })

  it.each([
    ['text', (body: string) => ({ body })],
    ['bytes', (body: string) => ({ body: new TextEncoder().encode(body) })],
    ['a stream', (body: string) => ({ body: new Response(body).body, duplex: 'half' as const })],
  ])('takes a body of %s', async (_name, init) => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const path = `${workflowPathOf(simulator, 'json-result')}/invoke`

    const response = await simulator.fetch(path, { method: 'post', headers: new Headers({ 'Content-Type': 'application/json' }), ...init('{"input":{"text":"Hi"}}') })

    expect(response.status).toBe(200)
    expect(simulator.requests[0]).toMatchObject({ method: 'POST', body: { input: { text: 'Hi' } }, headers: { 'content-type': 'application/json' } })
  })

  it('takes the body and headers of a Request, which stays readable', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const request = new Request(`https://api.xpander.ai${workflowPathOf(simulator, 'json-result')}/invoke`, post({ input: { text: 'Hi' } }))

    const response = await simulator.fetch(request)

    expect(response.status).toBe(200)
    expect(await request.json()).toEqual({ input: { text: 'Hi' } })
  })

  it('answers with a real Response, which knows its address', async () => {
    const response = await createWorkflowSimulator().fetch('https://api.xpander.ai/v1/workflows?page=1')

    expect(response).toBeInstanceOf(Response)
    expect(response.url).toBe('https://api.xpander.ai/v1/workflows?page=1')
  })

  it('does not serve the control routes', async () => {
    const simulator = createWorkflowSimulator()

    expect((await simulator.fetch('/simulator/workflows')).status).toBe(404)
  })
})

describe('an abort', () => {
  it('before the request rejects with its reason, and nothing was asked', async () => {
    const simulator = createWorkflowSimulator()
    const reason = new Error('left')

    await expect(simulator.fetch('/v1/workflows', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(simulator.requests).toEqual([])
  })

  it('without a reason is an AbortError', async () => {
    await expect(createWorkflowSimulator().fetch('/v1/workflows', { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('while the answer is on its way rejects at once; the run has started all the same', async () => {
    const simulator = createWorkflowSimulator({ clock: manualClock() })
    const controller = new AbortController()
    const path = `${workflowPathOf(simulator, 'slow-run')}/invoke`
    const answer = simulator.fetch(path, { ...post({ input: { text: 'Hi' } }), signal: controller.signal })
    await Promise.resolve()

    controller.abort()

    await expect(answer).rejects.toMatchObject({ name: 'AbortError' })
    expect(simulator.tasks).toHaveLength(1)
  })

  it('while the body is read rejects the read; the run goes on', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ clock })
    const controller = new AbortController()
    const path = `${workflowPathOf(simulator, 'slow-run')}/invoke/stream`
    const response = await simulator.fetch(path, { ...post({ input: { text: 'Hi' } }), signal: controller.signal })
    const reading = readPieces(response)
    await clock.advance(1000)

    controller.abort()

    const { pieces, error } = await reading
    expect(pieces.length).toBeGreaterThan(1)
    expect(error).toMatchObject({ name: 'AbortError' })
    await clock.runAll()
    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it('through the signal of a Request works too', async () => {
    const controller = new AbortController()
    const request = new Request('https://api.xpander.ai/v1/workflows', { signal: controller.signal })
    controller.abort()

    await expect(createWorkflowSimulator().fetch(request)).rejects.toMatchObject({ name: 'AbortError' })
  })

  it('after the end changes nothing', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const controller = new AbortController()
    const response = await simulator.fetch('/v1/workflows', { signal: controller.signal })
    const text = await response.text()

    controller.abort()

    expect(JSON.parse(text)).toMatchObject({ total: 10 })
  })
})

describe('a reader', () => {
  it('that cancels is gone, and the run goes on', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ clock })
    const response = await streamInMemory(simulator, 'question-and-answer')

    await response.body!.cancel()
    await clock.runAll()

    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it('that comes late gets everything', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ clock })
    const response = await streamInMemory(simulator, 'question-and-answer')
    await clock.runAll()

    const text = await response.text()

    expect(text).toContain('"task_created"')
    expect(text).toContain('"task_finished"')
  })
})

describe('the log of requests', () => {
  it('holds what was asked and answered, keys and tokens redacted', async () => {
    const simulator = createWorkflowSimulator({ speed: 0, apiKey: 'k-1' })
    const path = `${workflowPathOf(simulator, 'json-result')}/invoke`
    const body = { input: { text: 'Hi' }, user_tokens: { docs: 't-1' }, user_oidc_token: null, mcp_servers: [{ name: 'docs', api_key: 'k-2', headers: { a: 'b' } }] }

    await simulator.fetch(`${path}?version=2`, post(body, { 'x-api-key': 'k-1', authorization: 'Bearer b-1', 'x-trace': 't' }))

    expect(simulator.requests).toEqual([
      {
        method: 'POST',
        path,
        query: { version: '2' },
        status: 200,
        headers: { 'content-type': 'application/json', 'x-api-key': '[redacted]', authorization: '[redacted]', 'x-trace': 't' },
        body: { input: { text: 'Hi' }, user_tokens: '[redacted]', user_oidc_token: null, mcp_servers: [{ name: 'docs', api_key: '[redacted]', headers: '[redacted]' }] },
      },
    ])
  })

  it('keeps a body that is no JSON as text', async () => {
    const simulator = createWorkflowSimulator()

    await simulator.fetch('/v1/workflows/x/invoke', { method: 'POST', body: 'Hi' })

    expect(simulator.requests[0]).toMatchObject({ body: 'Hi', status: 422, headers: { 'content-type': 'text/plain;charset=UTF-8' } })
  })

  it('forgets all but the latest thousand', async () => {
    const simulator = createWorkflowSimulator()

    for (let number = 0; number < 1001; number++) await simulator.fetch(`/v1/tasks/${number}`)

    expect(simulator.requests).toHaveLength(1000)
    expect(simulator.requests[0]).toMatchObject({ path: '/v1/tasks/1' })
  })
})
