import { afterEach, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { createStore } from 'zustand/vanilla'
import { WorkflowError, createWorkflowClient, createWorkflowStore, selectTask } from '../../src/core.ts'
import type { TaskState, WorkflowClient, WorkflowClientOptions } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

const clients: WorkflowClient[] = []
afterEach(() => { for (const client of clients.splice(0)) client.destroy() })

function setUp(options: WorkflowClientOptions = {}): HandTransport & { client: WorkflowClient } {
  const hand = createHandTransport()
  const client = createWorkflowClient({
    baseUrl: 'https://service.test', transport: hand.transport, throttle: false, graph: false, ...options,
  })
  clients.push(client)
  return { ...hand, client }
}

function taskOf(client: WorkflowClient, key: string): TaskState {
  const task = selectTask(client.store.getState(), key)
  if (!task) throw new Error(`no task ${key}`)
  return task
}

it('posts the text and nothing else', async () => {
  const { client, requests } = setUp()

  client.submit({ workflowId: 'flow/1', version: 3, input: 'Hi' })
  await turnOver()

  expect(requests).toHaveLength(1)
  expect(requests[0]).toMatchObject({
    url: 'https://service.test/v1/workflows/flow%2F1/invoke/stream?version=3', method: 'POST', body: '{"input":{"text":"Hi"}}',
  })
})

it('shows the submit at once, under its key until the service names the task', async () => {
  const { client, send } = setUp()
  const frames = createFrames()

  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  expect(taskOf(client, key)).toMatchObject({ taskId: undefined, status: 'submitting', connection: 'connecting', turns: [{ input: { text: 'Hi' } }] })
  await turnOver()
  send(frames.created())

  expect(taskOf(client, key)).toMatchObject({ taskId: 'task-1', status: 'pending', connection: 'open' })
  expect(taskOf(client, 'task-1')).toBe(taskOf(client, key))
  expect(Object.keys(client.store.getState().tasks)).toEqual(['task-1'])
})

it('settles on the terminal event without waiting for the end of the body', async () => {
  const { client, send, requests } = setUp()
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  send(frames.created(), frames.chunk('Hel'), frames.chunk('lo'), frames.finished({ result: 'Hello!' }))

  expect(await settled).toMatchObject({ taskId: 'task-1', status: 'completed', result: 'Hello!', text: 'Hello!', error: null, cause: 'finished' })
  expect(requests[0]?.signal.aborted).toBe(true)
  expect(taskOf(client, key)).toMatchObject({ status: 'completed', connection: 'closed' })
})

it('does not settle on the end of another task', async () => {
  const { client, send, end } = setUp()
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  send(frames.created(), frames.finished({ result: 'child' }, 'task-2'))
  expect(taskOf(client, key).status).toBe('pending')
  await end()

  expect(await settled).toMatchObject({ cause: 'lost', status: 'pending' })
})

it('continues a task by its id or by the key of an earlier submit', async () => {
  const { client, send, requests } = setUp()
  const frames = createFrames()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  send(frames.created(), frames.finished({ result: '1' }))
  await first.settled

  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two' })
  await turnOver()
  expect(requests[1]?.body).toBe('{"input":{"text":"Two"},"id":"task-1"}')
  send(frames.created(), frames.chunk('2'), frames.finished({ result: '2' }))
  await second.settled

  expect(taskOf(client, 'task-1').turns).toMatchObject([
    { input: { text: 'One' }, result: '1', text: '1', status: 'completed' },
    { input: { text: 'Two' }, result: '2', text: '2', status: 'completed' },
  ])
})

it('rejects a submit while a turn runs, and leaves the running task alone', async () => {
  const { client, requests } = setUp()
  const onError = vi.fn()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  client.observe(first.key, { onError })
  const before = taskOf(client, first.key)

  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two' })
  await turnOver()

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'busy', phase: 'submit' } })
  expect(onError).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ code: 'busy' }))
  expect(requests).toHaveLength(1)
  expect(taskOf(client, first.key)).toBe(before)
})

it('keeps a refused first submit as the error of its task', async () => {
  const { client, fail } = setUp()
  const onError = vi.fn()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onError })
  await turnOver()

  const error = new WorkflowError('unauthorized', 'submit', 'no', { status: 401 })
  await fail(error)

  expect(await settled).toMatchObject({ cause: 'refused', status: 'error', error })
  expect(taskOf(client, key)).toMatchObject({ status: 'error', error, connection: 'closed', taskId: undefined })
  expect(onError).toHaveBeenCalledExactlyOnceWith(error)
})

it('puts the task back as it was when a later turn is refused', async () => {
  const { client, send, fail } = setUp()
  const frames = createFrames()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  send(frames.created(), frames.finished({ result: '1' }))
  await first.settled

  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await turnOver()
  const error = new WorkflowError('rate_limited', 'submit', 'wait', { status: 429 })
  await fail(error)

  expect(await second.settled).toMatchObject({ cause: 'refused', status: 'error', error })
  const task = taskOf(client, 'task-1')
  expect(task).toMatchObject({ status: 'completed', result: '1', text: '1', error, connection: 'closed' })
  expect(task.turns).toMatchObject([{ status: 'completed', error: null }, { input: { text: 'Two' }, status: 'error', error }])
})

it('goes on after a refused turn', async () => {
  const { client, send, fail, requests } = setUp()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  await fail(new WorkflowError('server_error', 'submit', 'no'))
  await first.settled

  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two' })
  await turnOver()
  expect(requests[1]?.body).toBe('{"input":{"text":"Two"}}')
  const frames = createFrames()
  send(frames.created(), frames.finished({ result: '2' }))

  expect(await second.settled).toMatchObject({ status: 'completed', result: '2' })
})

it('keeps a first turn that was refused among the turns of the conversation', async () => {
  const { client, send, fail } = setUp()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  await fail(new WorkflowError('unauthorized', 'submit', 'no'))
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two' })
  await turnOver()
  await fail(new WorkflowError('unauthorized', 'submit', 'no'))
  const third = client.submit({ workflowId: 'flow', taskId: second.key, input: 'Three' })
  await turnOver()
  const frames = createFrames()
  send(frames.created(), frames.finished({ result: '3' }))
  await third.settled

  for (const key of [first.key, second.key, third.key, 'task-1']) {
    expect(taskOf(client, key).turns.map(({ input, status }) => [input?.text, status])).toEqual([['One', 'error'], ['Two', 'error'], ['Three', 'completed']])
  }
  expect(Object.keys(client.store.getState().tasks)).toEqual(['task-1'])
})

it('says lost, and keeps everything, when the stream ends before the task', async () => {
  const { client, send, end } = setUp()
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(frames.created(), frames.updated(), frames.chunk('Hel'))

  await end()

  expect(await settled).toMatchObject({ cause: 'lost', status: 'executing', text: 'Hel', error: { code: 'stream_truncated' } })
  expect(taskOf(client, key)).toMatchObject({ connection: 'lost', status: 'executing', text: 'Hel', error: { code: 'stream_truncated', phase: 'stream', taskId: 'task-1' } })
})

it('says unknown start when the line broke before any frame', async () => {
  const { client, fail } = setUp()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  await fail(new WorkflowError('network', 'stream', 'cut'))

  expect(await settled).toMatchObject({ cause: 'lost', error: { code: 'unknown_start', mayHaveStarted: true } })
  expect(taskOf(client, key).error?.code).toBe('unknown_start')
})

it('says lost, not refused, of a submit that may have started', async () => {
  const { client, fail } = setUp()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  await fail(new WorkflowError('network', 'submit', 'no answer', { mayHaveStarted: true }))

  expect(await settled).toMatchObject({ cause: 'lost', status: 'error', error: { code: 'network' } })
})

it('sends nothing when the headers function throws', async () => {
  const cause = new Error('no token')
  const { client, requests } = setUp({ headers: () => { throw cause } })

  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'headers_failed', cause } })
  expect(requests).toHaveLength(0)
})

it('sends nothing when it is let go of while headers are awaited, and can be used again', async () => {
  let answer: (headers: HeadersInit) => void = () => undefined
  const { client, requests } = setUp({ headers: () => new Promise((resolve) => { answer = resolve }) })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  client.disconnect(key)
  answer({})

  expect(await settled).toMatchObject({ cause: 'disconnected', status: 'error', error: { code: 'network', mayHaveStarted: false } })
  expect(requests).toHaveLength(0)
  client.submit({ workflowId: 'flow', taskId: key, input: 'Again' })
  answer({})
  await turnOver()
  expect(requests).toHaveLength(1)
})

it('closes every line when it is destroyed, and plain requests too', async () => {
  const signals: AbortSignal[] = []
  const fetch: typeof globalThis.fetch = (_, init) => new Promise((_, reject) => {
    const signal = init?.signal
    if (!signal) return
    signals.push(signal)
    signal.addEventListener('abort', () => { reject(signal.reason as Error) })
  })
  const { client, requests, send } = setUp({ fetch })
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(createFrames().created())
  const reading = client.getThread('task-1')
  await turnOver()

  client.destroy()

  expect(await settled).toMatchObject({ cause: 'disconnected' })
  expect(requests[0]?.signal.aborted).toBe(true)
  await expect(reading).rejects.toBeDefined()
  expect(signals.every((signal) => signal.aborted)).toBe(true)
})

it('is let go of even when the headers never come', async () => {
  const { client } = setUp({ headers: () => new Promise(() => undefined) })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })

  client.disconnect(key)

  expect(await settled).toMatchObject({ cause: 'disconnected' })
})

it('submits nothing once it is destroyed', () => {
  const { client } = setUp()

  client.destroy()

  expect(() => client.submit({ workflowId: 'flow', input: 'Hi' })).toThrow(/make a new one/)
})

it('checks the output of the turn it belongs to, whatever an old end says', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const schema = v.object({ answer: v.number() })
  const first = client.submit({ workflowId: 'flow', input: 'One', schema })
  await turnOver()
  const end = frames.finished({ result: '{"answer":1}' })
  send(frames.created(), end)
  await first.settled

  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two', schema })
  await turnOver()
  send(end, frames.created(), frames.finished({ result: '{"answer":2}' }))

  expect((await second.settled).output).toEqual({ answer: 2 })
})

it('lets go of the turn that runs, not of one whose output is still being checked', async () => {
  const { client, send, requests } = setUp()
  const frames = createFrames()
  const schema = v.pipeAsync(v.string(), v.checkAsync(() => new Promise<boolean>(() => undefined)))
  client.submit({ workflowId: 'flow', input: 'One', schema })
  await turnOver()
  send(frames.created(), frames.finished({ result: 'x' }))
  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await turnOver()
  send(frames.created())

  client.disconnect('task-1')

  expect(await second.settled).toMatchObject({ cause: 'disconnected' })
  expect(requests[1]?.signal.aborted).toBe(true)
})

it('closes the line when the service has gone on to a turn of its own and ended it', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const { settled } = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()

  send(frames.created(), frames.created({ input: { text: 'Not ours' } }), frames.finished({ result: 'x' }))

  expect(await settled).toMatchObject({ cause: 'lost', result: null })
  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'completed', result: 'x' })
})

it('is not stopped by a subscriber of a foreign store that throws', async () => {
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const foreign = createStore(() => createWorkflowStore().getInitialState())
  const { client, send } = setUp({ store: foreign })
  foreign.subscribe(() => { throw new Error('theirs') })
  const frames = createFrames()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  send(frames.created(), frames.finished({ result: 'x' }))

  expect(await settled).toMatchObject({ cause: 'finished' })
  expect(report).toHaveBeenCalled()
  vi.unstubAllGlobals()
})

it('reads the canvas by itself once the stream is open, and nobody hears when that fails', async () => {
  const urls: string[] = []
  const fetch: typeof globalThis.fetch = async (url) => {
    urls.push(url as string)
    return urls.length === 1 ? Response.json([], { status: 500 }) : Response.json([{ id: 'a', type: 'action', name: 'First' }])
  }
  const onError = vi.fn()
  const { client, send } = setUp({ graph: 'auto', fetch })
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onError })
  await turnOver()
  expect(urls).toEqual([])
  send(frames.created(), frames.request({ graph_node_id: 'a' }), frames.finished({ result: 'x' }))
  await settled
  await turnOver()

  expect(urls).toEqual(['https://service.test/v1/workflows/flow/nodes'])
  expect(onError).not.toHaveBeenCalled()
  await client.getGraph('flow')
  await client.getGraph('flow')
  expect(urls).toHaveLength(2)
  expect(taskOf(client, key).timeline).toMatchObject([{ id: 'a', name: 'First' }])
})

it('asks for headers at each request and says why', async () => {
  const headers = vi.fn(async () => new Headers({ Authorization: 'Bearer x' }))
  const { client, requests } = setUp({ headers })

  client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  expect(headers).toHaveBeenCalledExactlyOnceWith({ attempt: 1, reason: 'submit' })
  expect(requests[0]?.headers).toEqual({ accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer x' })
})

it.each([
  ['a workflow id that is missing', { workflowId: '', input: 'Hi' }],
  ['an input that says nothing', { workflowId: 'flow', input: '' }],
])('throws at once for %s, and keeps no trace', (_, request) => {
  const { client } = setUp()

  expect(() => client.submit(request)).toThrow(expect.objectContaining({ code: 'invalid_options' }))
  expect(client.store.getState().tasks).toEqual({})
})

it.each([
  ['a schema that is none', { schema: {} as never }, /Standard Schema/],
  ['a policy that is none', { whenBusy: 'queue' as never }, /whenBusy/],
])('throws at once for %s', (_, fields, message) => {
  const { client } = setUp()

  expect(() => client.submit({ workflowId: 'flow', input: 'Hi', ...fields })).toThrow(message)
})

it.each(['localhost:3000', 'ftp://service.test', 'api', '/api?key=1'])('refuses %s as a base', (baseUrl) => {
  expect(() => createWorkflowClient({ baseUrl })).toThrow(/a path or address without a query/)
})

it('refuses a relative base where there is no page', () => {
  const { client } = setUp({ baseUrl: '/api/xpander' })

  expect(() => client.submit({ workflowId: 'flow', input: 'Hi' })).toThrow(/baseUrl that begins with https/)
})

it.each(['baseUrl', 'fetch', 'throttle', 'graph', 'maxEvents', 'maxTasks', 'transport'])('refuses a wrong %s in words', (name) => {
  expect(() => createWorkflowClient({ [name]: {} as never })).toThrow(`createWorkflowClient: ${name} has to be`)
})

it('publishes a checked output together with the status', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const seen: unknown[] = []
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi', schema: v.object({ answer: v.number() }) })
  client.store.subscribe((state) => { seen.push([selectTask(state, key)?.status, selectTask(state, key)?.output]) })
  await turnOver()

  send(frames.created(), frames.finished({ result: '{"answer":42}' }))

  expect((await settled).output).toEqual({ answer: 42 })
  expect(seen.at(-1)).toEqual(['completed', { answer: 42 }])
})

it('keeps the raw result and the issues when it does not fit', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi', schema: v.object({ answer: v.number() }) })
  await turnOver()

  send(frames.created(), frames.finished({ result: '{"answer":"x"}' }))

  const turn = await settled
  expect(turn).toMatchObject({ result: '{"answer":"x"}', output: undefined, cause: 'finished' })
  expect(turn.outputIssues).toHaveLength(1)
})

it('waits for a validator that takes its time before it settles', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const onSettled = vi.fn()
  const schema = v.pipeAsync(v.object({ answer: v.number() }), v.checkAsync(async () => { await turnOver(); return true }))
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi', schema })
  client.observe(key, { onSettled })
  await turnOver()

  send(frames.created(), frames.finished({ result: '{"answer":42}' }))

  expect((await settled).output).toEqual({ answer: 42 })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ output: { answer: 42 } }))
})

it('stops listening on disconnect, and says so without an error', async () => {
  const { client, send, requests } = setUp()
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(frames.created(), frames.chunk('Hel'))

  client.disconnect(key)

  expect(await settled).toMatchObject({ cause: 'disconnected', status: 'pending', text: 'Hel', error: null })
  expect(requests[0]?.signal.aborted).toBe(true)
  expect(taskOf(client, key)).toMatchObject({ connection: 'closed', status: 'pending', text: 'Hel' })
})

it('keeps the last events in a ring, with those of earlier turns and of child runs', async () => {
  const { client, send } = setUp({ maxEvents: 3 })
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(frames.created(), frames.chunk('a'), frames.chunk('b', 'task-2'), frames.finished({ result: 'c' }))
  await settled

  expect(client.getEvents(key).map(({ kind }) => kind)).toEqual(['chunk', 'chunk', 'taskFinished'])
  expect(client.getEvents('task-1')).toEqual(client.getEvents(key))
})

it('lets the oldest settled tasks go that nobody shows', async () => {
  const { client, send } = setUp({ maxTasks: 2 })
  for (const id of ['one', 'two', 'three']) {
    const frames = createFrames(id)
    const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
    if (id === 'one') client.observe('one', {})
    await turnOver()
    send(frames.created(), frames.finished({ result: id }))
    await settled
  }

  expect(Object.keys(client.store.getState().tasks)).toEqual(['one', 'three'])
})

it.each([0, 1])('has the whole answer of each of many runs at once, with room for %i', async (maxTasks) => {
  const hands = ['one', 'two', 'three'].map((id) => ({ id, hand: createHandTransport(), frames: createFrames(id) }))
  let next = 0
  const { client } = setUp({ maxTasks, transport: (...input) => (hands[next++]?.hand.transport ?? (() => Promise.resolve()))(...input) })
  const handles = hands.map(() => client.submit({ workflowId: 'flow', input: 'Hi' }))
  await turnOver()

  for (const { id, hand, frames } of hands) hand.send(frames.created(), frames.finished({ result: id }))

  const turns = await Promise.all(handles.map(({ settled }) => settled))
  expect(turns.map(({ cause, result }) => [cause, result])).toEqual([['finished', 'one'], ['finished', 'two'], ['finished', 'three']])
  await turnOver()
  expect(Object.keys(client.store.getState().tasks)).toHaveLength(maxTasks)
})

it('tells observers of events, sign-in and the end, after the store was updated', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const seen: unknown[] = []
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, {
    onEvent: (event) => { seen.push([event.kind, taskOf(client, key).eventCount]) },
    onAuthRequired: (auth) => { seen.push(auth.url) },
    onSettled: (turn) => { seen.push(turn.cause) },
  })
  await turnOver()

  send(
    frames.created(),
    frames.frame('auth_event', { type: 'login_required', data: { url: 'https://sign.in/' } }),
    frames.finished({ result: 'x' }),
  )
  await settled

  expect(seen).toEqual([['taskCreated', 1], ['authEvent', 2], 'https://sign.in/', ['taskFinished', 3], 'finished'])
})
