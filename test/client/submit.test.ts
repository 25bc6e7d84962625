import { expect, it, vi } from 'vitest'
import { WorkflowError } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp, taskOf } from './handClient.ts'

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

it('publishes the end at once, however seldom it publishes, and no end of a child run before its time', async () => {
  const { client, send } = setUp({ throttle: 3_600_000 })
  const frames = createFrames()
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  let publishes = 0
  client.store.subscribe(() => { publishes += 1 })
  await turnOver()

  send(frames.created(), frames.created({ parent_execution: 'task-1' }, 'task-2'), frames.finished({ result: 'child' }, 'task-2'))
  expect(publishes).toBe(0)
  send(frames.finished({ result: 'x' }))

  expect(publishes).toBe(1)
  expect(taskOf(client, key).status).toBe('completed')
  expect(await settled).toMatchObject({ result: 'x' })
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

it('settles a turn whose end a subscriber answers with the next submit', async () => {
  const { client, send } = setUp()
  const onSettled = vi.fn()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  client.observe(first.key, { onSettled })
  const frames = createFrames()
  let next: unknown
  client.store.subscribe(() => {
    if (taskOf(client, first.key).status === 'completed') next ??= client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  })
  await turnOver()

  send(frames.created(), frames.finished({ result: '1' }))

  expect(await first.settled).toMatchObject({ cause: 'finished', result: '1' })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ result: '1' }))
})

it('asks for headers at each request and says why', async () => {
  const headers = vi.fn(async () => new Headers({ Authorization: 'Bearer x' }))
  const { client, requests } = setUp({ headers })

  client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  expect(headers).toHaveBeenCalledExactlyOnceWith({ attempt: 1, reason: 'submit' })
  expect(requests[0]?.headers).toEqual({ accept: 'text/event-stream', 'content-type': 'application/json', authorization: 'Bearer x' })
})
