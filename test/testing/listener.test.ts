import { createServer, request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createWorkflowSimulator, type NodeListener, type NodeResponse } from '../../src/testing.ts'
import { parseFrames, post, readFrames } from './readStream.ts'
import { serve, workflowPathOf } from './serve.ts'

/** Any listener behind a server of its own, until the test is over. */
async function listenWith(listener: Parameters<typeof createServer>[1]): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const address = server.address()
  return typeof address === 'object' ? `http://127.0.0.1:${address!.port}` : ''
}

describe('listen', () => {
  it('serves this machine only, at a free port, unless told otherwise', async () => {
    const { url } = await serve()

    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/)
  })

  it('takes a port, and rejects when it is taken', async () => {
    const { url } = await serve()
    const port = Number(new URL(url).port)

    await expect(createWorkflowSimulator().listen({ port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  })

  it('breaks open connections when it closes; the run goes on', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const listening = await simulator.listen()
    const response = await fetch(`${listening.url}${workflowPathOf(simulator, 'approval')}/invoke/stream`, post({ input: { text: 'Hi' } }))

    await listening.close()

    await expect(response.text()).rejects.toThrow(TypeError)
    await expect(fetch(listening.url)).rejects.toThrow(TypeError)
    expect(simulator.approve(simulator.tasks[0]!.id)).toBe(true)
    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it('sends the head of a stream before its first byte', async () => {
    const { simulator, url, workflowPath } = await serve()
    simulator.fault({ kind: 'stall', atByte: 0 })

    const response = await fetch(`${url}${workflowPath('failed-run')}/invoke/stream`, post({ input: { text: 'Hi' } }))

    expect(response.headers.get('content-type')).toContain('text/event-stream')
    await response.body!.cancel()
  })
})

describe('the listener', () => {
  it('serves a plain server', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const url = await listenWith(simulator.listener)

    const frames = await readFrames(await fetch(`${url}${workflowPathOf(simulator, 'failed-run')}/invoke/stream`, post({ input: { text: 'Hi' } })))

    expect(frames.at(-1)!.type).toBe('task_finished')
  })

  it('as middleware leaves what is not its own to the next', async () => {
    const simulator = createWorkflowSimulator()
    const url = await listenWith((request, response) => {
      simulator.listener(request, response, () => response.end('next'))
    })

    expect(await (await fetch(`${url}/index.html`)).text()).toBe('next')
    expect((await fetch(`${url}/api/xpander/v1/workflows`)).status).toBe(200)
  })

  it('as the last handler answers 404', async () => {
    const url = await listenWith(createWorkflowSimulator().listener)

    expect((await fetch(`${url}/index.html`)).status).toBe(404)
  })

  it('survives a client that leaves in the middle of its request', async () => {
    const simulator = createWorkflowSimulator()
    const url = await listenWith(simulator.listener)
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await new Promise<void>((resolve) => {
      socket.write('POST /v1/workflows/x/invoke HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{"input"', () => resolve())
    })
    socket.destroy()

    expect((await fetch(`${url}/v1/workflows`)).status).toBe(200)
    expect(simulator.requests.map((request) => request.method)).toEqual(['GET'])
  })

  it('takes a header that comes twice as one', async () => {
    const simulator = createWorkflowSimulator()
    const url = await listenWith(simulator.listener)

    await new Promise<void>((resolve, reject) => {
      httpRequest(`${url}/v1/workflows`, { headers: { 'x-trace': ['a', 'b'] } }, (response) => { response.resume().on('end', resolve) }).on('error', reject).end()
    })

    expect(simulator.requests[0]!.headers['x-trace']).toBe('a, b')
  })
})

describe('the control routes', () => {
  const json = (method: string, body?: unknown): RequestInit => ({ method, headers: { 'content-type': 'application/json' }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })

  it.each([
    ['release', 'completed', 'on its way'],
    ['approve', 'completed', 'on its way'],
    ['reject', 'completed', 'did not approve'],
  ])('let a waiting task go on: %s', async (action, status, result) => {
    const { simulator, url, stream } = await serve()
    const response = await stream('approval', 'Offer')

    const answer = await fetch(`${url}/api/xpander/simulator/${action}`, json('POST', { taskId: simulator.tasks[0]!.id }))

    expect(await answer.json()).toEqual({ released: true })
    expect(parseFrames(await response.text()).at(-1)!.data).toMatchObject({ status, result: expect.stringContaining(result) as string })
  })

  it('add faults and clear them', async () => {
    const { url, get } = await serve()

    const added = await fetch(`${url}/simulator/faults`, json('POST', { kind: 'status', status: 503, on: 'workflows', times: 2 }))
    const faulty = await get('/v1/workflows')
    const cleared = await fetch(`${url}/simulator/faults`, json('DELETE'))

    expect([added.status, faulty.status, cleared.status]).toEqual([200, 503, 200])
    expect((await get('/v1/workflows')).status).toBe(200)
  })

  it('list workflows and requests', async () => {
    const { simulator, url, get } = await serve()
    await get('/v1/tasks/x')

    expect(await (await fetch(`${url}/simulator/workflows`)).json()).toEqual(simulator.workflows)
    expect(await (await fetch(`${url}/simulator/requests`)).json()).toEqual([expect.objectContaining({ path: '/v1/tasks/x', status: 404 })])
  })

  it('stay out of the log of requests, and need no key', async () => {
    const { simulator, url } = await serve({ apiKey: 'k' })

    expect((await fetch(`${url}/simulator/requests`)).status).toBe(200)
    expect(simulator.requests).toEqual([])
  })

  it.each([
    ['an unknown action', 'explode', json('POST', {}), 404, 'Not Found'],
    ['another method', 'release', { method: 'GET' }, 404, 'Not Found'],
    ['an unknown task', 'release', json('POST', { taskId: 'x' }), 400, "The simulator has no task 'x'."],
    ['no task', 'approve', json('POST', {}), 400, 'Send { "taskId": "..." }.'],
    ['no object', 'reject', json('POST', null), 400, 'Send { "taskId": "..." }.'],
    ['a fault that makes no sense', 'faults', json('POST', { kind: 'cut' }), 400, 'simulator.fault of kind'],
    ['a form, which any page could send', 'release', { method: 'POST', body: '{}' }, 415, 'Send content-type: application/json'],
  ])('refuse %s', async (_name, action, init, status, detail) => {
    const { url } = await serve()

    const response = await fetch(`${url}/simulator/${action}`, init)

    expect(response.status).toBe(status)
    expect(await response.json()).toMatchObject({ detail: expect.stringContaining(detail) as string })
  })

  it.each([
    ['127.0.0.1', 200],
    ['::1', 200],
    ['::ffff:127.0.0.1', 200],
    ['192.168.0.7', 403],
    ['::ffff:10.0.0.1', 403],
    [undefined, 403],
  ])('answer %s with %d', async (remoteAddress, status) => {
    const { listener } = createWorkflowSimulator()

    expect(await askFrom(listener, remoteAddress, '/simulator/workflows')).toBe(status)
  })
})

/** Asks a listener as if from another machine, which no test can really be. */
function askFrom(listener: NodeListener, remoteAddress: string | undefined, url: string): Promise<number> {
  return new Promise((resolve) => {
    const response: NodeResponse = { writeHead: (status) => { resolve(status) }, flushHeaders: vi.fn(), write: (_bytes, onFlushed) => { onFlushed() }, end: vi.fn(), on: vi.fn() }
    listener({ method: 'GET', url, headers: {}, socket: { remoteAddress, destroy: vi.fn() }, async *[Symbol.asyncIterator]() {} }, response)
  })
}
