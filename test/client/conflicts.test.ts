import { expect, it } from 'vitest'
import { fetchEventSourceTransport, selectTask } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

it.each([
  ['x-api-key', 'key'],
  ['authorization', 'Bearer token'],
])('CONFLICT "accepts an OAuth2 JWT as Authorization: Bearer; [...] Bearer is not supported": sends the %s it is given', async (name, value) => {
  const { client, requests } = setUp({ headers: { [name]: value } })

  client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()

  expect(requests[0]?.headers[name]).toBe(value)
})

it('CONFLICT "key state by (task id, turn counter kept by the client)": two turns of one id are told apart', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()

  send(frames.created(), frames.chunk('1'), frames.created({ input: { text: 'Two' } }), frames.chunk('2'))

  const { turns = [] } = selectTask(client.store.getState(), 'task-1') ?? {}
  expect(turns.map(({ text }) => text)).toEqual(['1', '2'])
  expect(new Set(turns.map(({ key }) => key)).size).toBe(2)
})

it('CONFLICT "support turns, but expect workflows to ignore history": an answer under another id is a conversation too', async () => {
  const { client, send, requests } = setUp()
  const first = createFrames('task-1')
  const one = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  send(first.created(), first.finished({ result: '1' }))
  await one.settled

  const two = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await turnOver()
  const second = createFrames('task-2', Date.UTC(2026, 4, 13, 11))
  send(second.created(), second.finished({ result: '2' }))

  expect(await two.settled).toMatchObject({ taskId: 'task-2', result: '2' })
  expect(JSON.parse(requests[1]?.body ?? '')).toMatchObject({ id: 'task-1' })
  expect(selectTask(client.store.getState(), two.key)).toMatchObject({ taskId: 'task-2', continuedFrom: 'task-1' })
  expect(selectTask(client.store.getState(), 'task-1')).toMatchObject({ status: 'completed', result: '1', turns: [{ result: '1' }] })
})

it('CONFLICT "an older page says 5000 a day [...] Retry-After not mentioned": a 429 is told without guessing how long', async () => {
  const { client } = setUp({
    transport: fetchEventSourceTransport, fetch: () => Promise.resolve(Response.json({ detail: 'Too many' }, { status: 429 })),
  })

  const { error } = await client.submit({ workflowId: 'flow', input: 'Hi' }).settled

  expect(error).toMatchObject({ code: 'rate_limited', status: 429, mayHaveStarted: false })
  expect(error?.retryAfterMs).toBeUndefined()
})
