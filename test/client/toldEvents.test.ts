import { expect, it } from 'vitest'
import type { WorkflowEvent } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

// Law 7 (unknown is not fatal). Broken by: line.ts recording only events whose kind we know.
it('tells of frames that it cannot read, keeps them, and goes on', async () => {
  const { client, send, sendText } = setUp()
  const frames = createFrames()
  const told: WorkflowEvent[] = []
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onEvent: (event) => { told.push(event) } })
  await turnOver()

  send(frames.created())
  send(frames.frame('node_painted', { colour: 'blue' }), frames.frame('plan_updated', 'no plan'))
  sendText('{"type":"chunk","data":"cut o')
  send(frames.finished({ result: 'x' }))

  expect(await settled).toMatchObject({ cause: 'finished', result: 'x' })
  expect(told).toMatchObject([
    { kind: 'taskCreated' },
    { kind: 'unknown', type: 'node_painted', reason: 'unknownType', raw: { data: { colour: 'blue' } } },
    { kind: 'unknown', type: 'plan_updated', reason: 'wrongShape', raw: { data: 'no plan' } },
    { kind: 'malformed', length: 29, raw: undefined },
    { kind: 'taskFinished' },
  ])
  expect(client.getEvents(key)).toEqual(told)
})

// Broken by: observers.ts telling only the views of the event's own task, or of the stream's task.
it('tells the events of a child run to the views of its root and to its own', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const root: unknown[] = []
  const child: unknown[] = []
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onEvent: ({ kind, taskId }) => { root.push([kind, taskId]) } })
  client.observe('task-2', { onEvent: ({ kind, taskId }) => { child.push([kind, taskId]) } })
  await turnOver()

  send(frames.created(), frames.created({ parent_execution: 'task-1' }, 'task-2'), frames.chunk('a', 'task-2'), frames.chunk('b'))

  expect(root).toEqual([['taskCreated', 'task-1'], ['taskCreated', 'task-2'], ['chunk', 'task-2'], ['chunk', 'task-1']])
  expect(child).toEqual([['taskCreated', 'task-2'], ['chunk', 'task-2']])
})

// Broken by: observers.ts calling the first view of a task alone.
it('tells each view of a task everything, once', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const told: string[] = []
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  for (const name of ['one', 'other']) {
    client.observe(key, {
      onEvent: ({ kind }) => { told.push(`${name} ${kind}`) },
      onAuthRequired: ({ type }) => { told.push(`${name} ${type}`) },
      onSettled: ({ cause }) => { told.push(`${name} ${cause}`) },
    })
  }
  await turnOver()

  send(frames.created(), frames.frame('auth_event', { type: 'login_required', data: { url: 'https://sign.in/' } }), frames.finished({ result: 'x' }))
  await settled

  expect(told.filter((line) => line.startsWith('one'))).toEqual(
    ['one taskCreated', 'one authEvent', 'one login_required', 'one taskFinished', 'one finished'],
  )
  expect(told.filter((line) => line.startsWith('other')).map((line) => line.replace('other', 'one'))).toEqual(told.filter((line) => line.startsWith('one')))
})
