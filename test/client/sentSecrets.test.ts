import { inspect } from 'node:util'
import { expect, it } from 'vitest'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp, taskOf } from './handClient.ts'

const key = 'sk-0123456789'
const token = 'jira-token-1'
const request = { workflowId: 'flow', input: 'Hi', userTokens: { jira: token }, title: 'Quarterly report' }

it('shows the words of the run, without the credentials that we sent', async () => {
  const { client, send } = setUp({ headers: { 'x-api-key': key } })
  const frames = createFrames()
  const submit = client.submit(request)
  await turnOver()

  send(frames.created(), frames.chunk(`Quarterly report: ${key}, application/json`))
  expect(taskOf(client, submit.key).text).toBe('Quarterly report: …, application/json')
  send(frames.finished({ result: `Used ${token} and ${key}, ${key}` }))

  expect(await submit.settled).toMatchObject({ result: 'Used … and …, …' })
})

it('says what the service complains of, without the credentials that we sent', async () => {
  const { client, send, end } = setUp({ headers: { authorization: `Bearer ${key}` } })
  const frames = createFrames()
  const { settled } = client.submit(request)
  await turnOver()

  send(frames.created(), { type: 'error', error: `Token ${token} of ${key} has expired` })
  await end()

  expect((await settled).error?.message).toBe('The stream ended before the task did: Token … of … has expired')
})

it('takes no word of a schema for a credential', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const { settled } = client.submit({ ...request, outputSchema: { properties: { api_key: { type: 'string', title: 'Customer' } } } })
  await turnOver()

  send(frames.created(), frames.finished({ result: '{"Customer":1}' }))

  expect(await settled).toMatchObject({ result: '{"Customer":1}' })
})

it('keeps what an engine quotes of a header that it does not take out of the error', async () => {
  const { client } = setUp({ headers: () => ({ authorization: `Bearer a\n${key}` }) })

  const { error } = await client.submit(request).settled

  expect(error).toMatchObject({ code: 'headers_failed', mayHaveStarted: false })
  expect(inspect(error, { depth: null, showHidden: true })).not.toContain(key)
})

it('keeps what the headers function itself threw', async () => {
  const cause = new Error('no session')
  const { client } = setUp({ headers: () => { throw cause } })

  const { error } = await client.submit(request).settled

  expect(error).toMatchObject({ code: 'headers_failed', cause })
})
