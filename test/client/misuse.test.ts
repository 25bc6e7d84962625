import fc from 'fast-check'
import { expect, it, vi } from 'vitest'
import { WorkflowError, createWorkflowClient } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

// What plain JavaScript lets through.

it.each<[string, object, RegExp]>([
  ['an unknown option', { baseURL: '/api' }, /no option baseURL, but baseUrl, headers/],
  ['headers that are none', { headers: 'Bearer key' }, /headers has to be headers such as/],
  ['headers that are null', { headers: null }, /headers has to be/],
  ['a store that is none', { store: {} }, /store has to be what createWorkflowStore/],
  ['a storage instead of what keeps tasks in it', { persist: { getItem: () => null } }, /persist has to be what persistTasks/],
  ['half an event', { maxEvents: 1.5 }, /maxEvents has to be a whole number/],
  ['a text for a number', { maxTasks: '5' }, /maxTasks has to be/],
  ['recover as a boolean', { recover: true }, /recover has to be false or an object/],
  ['an unknown name within recover', { recover: { delayMs: 1 } }, /recover: there is no option delayMs, but firstDelayMs/],
  ['a delay that is no number', { recover: { firstDelayMs: NaN } }, /firstDelayMs has to be a number from 0/],
  ['a delay before now', { recover: { maxDelayMs: -1 } }, /maxDelayMs has to be/],
  ['delays that shrink', { recover: { growth: 0.5 } }, /growth has to be a number from 1/],
  ['chance beyond the delay', { recover: { jitter: 2 } }, /jitter has to be a number from 0 to 1/],
  ['no try at all', { recover: { giveUpAfter: 0 } }, /giveUpAfter has to be a number from 1/],
  ['reads without a pause', { recover: { stallAfterMs: 0 } }, /stallAfterMs has to be/],
  ['delays that are none', { recover: { maxDelayMs: 0 } }, /maxDelayMs has to be/],
  ['idle delays that are none', { recover: { idleDelayMs: 0 } }, /idleDelayMs has to be/],
  ['longer than a timer can wait', { throttle: Infinity }, /throttle has to be 'frame', milliseconds/],
])('refuses %s, and says what to write', (_, options, message) => {
  expect(() => createWorkflowClient(options)).toThrow(expect.objectContaining({ code: 'invalid_options', message: expect.stringMatching(message) as string }))
})

it.each([{ maxEvents: Infinity, maxTasks: Infinity }, { recover: { giveUpAfter: Infinity, growth: 1, jitter: 0 } }, { headers: [['a', 'b']] }, { headers: undefined }])(
  'takes %j', (options) => {
    expect(() => { createWorkflowClient(options as object).destroy() }).not.toThrow()
  },
)

it.each(['', ' ', '.', '..'])('asks the service for nothing under the id %j, and keeps no trace', async (id) => {
  const fetch = vi.fn(async () => Response.json({}))
  const { client } = setUp({ fetch })

  expect(await client.stop(id)).toMatchObject({ server: 'unconfirmed', error: { code: 'invalid_options' } })
  expect(await client.reconnect(id)).toMatchObject({ error: { code: 'invalid_options' } })
  await expect(client.getThread(id)).rejects.toMatchObject({ code: 'invalid_options' })
  await expect(client.getGraph(id)).rejects.toMatchObject({ code: 'invalid_options' })

  expect(fetch).not.toHaveBeenCalled()
  expect(client.store.getState().tasks).toEqual({})
})

it('tells apart a click and an input', () => {
  const { client } = setUp()
  const input = { type: 'click', nativeEvent: {}, text: 'x' }

  expect(() => client.submit({ workflowId: 'flow', input })).toThrow(/write onClick={\(\) => run.submit\('...'\)}/)
})

it('sends a field that it does not know, as it is', async () => {
  const { client, requests } = setUp()

  client.submit({ workflowId: 'flow', input: 'Hi', ...{ newField: 1 } })
  await turnOver()

  expect(requests[0]?.body).toBe('{"input":{"text":"Hi"},"new_field":1}')
})

it.each(['reject', 'queue', 'replace'] as const)('does not continue a task through another workflow: %s', async (whenBusy) => {
  const { client, requests, send } = setUp()
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(createFrames().created())
  const other = { workflowId: 'other', input: 'Two', whenBusy }

  for (const taskId of [key, 'task-1']) expect(() => client.submit({ ...other, taskId })).toThrow(/is of workflow flow/)

  expect(client.store.getState().tasks['task-1']?.queue).toEqual([])
  expect(requests).toHaveLength(1)
})

it('does not continue a task that turns out to be of another workflow when it is read', async () => {
  const task = { id: 'task-1', agent_id: 'flow', status: 'completed', result: '1', input: { text: 'One' } }
  const { client, requests } = setUp({ fetch: async () => Response.json(task), recover: {} })
  const reading = client.reconnect('task-1')

  const { settled } = client.submit({ workflowId: 'other', taskId: 'task-1', input: 'Two' })
  await reading

  expect(await settled).toMatchObject({ cause: 'refused', error: { code: 'invalid_options' } })
  expect(requests).toHaveLength(0)
})

it('answers any argument, and throws nothing but a WorkflowError', async () => {
  const odd = fc.oneof(
    fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
    fc.constantFrom<unknown>(Symbol('id'), () => 1, '__proto__', 'constructor', '', '..', '\ud800'),
    fc.record({ workflowId: fc.anything(), input: fc.anything(), taskId: fc.anything(), schema: fc.anything(), whenBusy: fc.anything(), extra: fc.anything(), version: fc.anything() }, { requiredKeys: [] }),
  )
  const commands = ['submit', 'stop', 'disconnect', 'reconnect', 'cancelQueued', 'getGraph', 'getThread', 'getEvents', 'observe', 'retain', 'show'] as const
  await fc.assert(fc.asyncProperty(fc.constantFrom(...commands, 'create'), fc.array(odd, { maxLength: 3 }), async (name, given) => {
    const { client } = setUp({ fetch: async () => Response.json({}, { status: 404 }), transport: () => Promise.resolve() })
    const run = name === 'create' ? createWorkflowClient : client[name]
    try {
      const answer: unknown = await (run as (...given: readonly unknown[]) => unknown)(...given)
      if (typeof answer === 'function' && name !== 'create') (answer as () => void)()
    } catch (error) {
      expect(error).toBeInstanceOf(WorkflowError)
    }
    client.destroy()
  }))
})
