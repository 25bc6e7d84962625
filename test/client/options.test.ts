import { expect, it } from 'vitest'
import { createWorkflowClient, fetchEventSourceTransport } from '../../src/core.ts'
import { setUp } from './handClient.ts'

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
  ['a policy that is none', { whenBusy: 'wait' as never }, /whenBusy/],
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

it.each<[string, unknown]>([['nothing', undefined], ['a plain object', { ok: true }]])('says plainly that the fetch option answered %s', async (_, answer) => {
  const { client } = setUp({ transport: fetchEventSourceTransport, fetch: () => Promise.resolve(answer as Response) })

  const turn = await client.submit({ workflowId: 'flow', input: 'Hi' }).settled

  expect(turn.error).toMatchObject({ code: 'invalid_options', mayHaveStarted: true, message: 'The `fetch` option has to answer a Response' })
})
