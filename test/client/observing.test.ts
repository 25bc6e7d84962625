import { expect, it, vi } from 'vitest'
import { createStore } from 'zustand/vanilla'
import { createWorkflowStore } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import { setUp, taskOf } from './handClient.ts'

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

it('counts tasks that do not exist, too', async () => {
  const { client } = setUp({ maxTasks: 2, fetch: async () => Response.json({}, { status: 404 }) })
  const leave = client.retain('one')
  for (const id of ['one', 'two', 'three', 'four']) expect(await client.reconnect(id)).toMatchObject({ error: { code: 'not_found' } })
  await turnOver()
  expect(Object.keys(client.store.getState().tasks)).toEqual(['one', 'four'])

  leave()
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
