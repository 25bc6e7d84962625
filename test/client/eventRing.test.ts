import { expect, it } from 'vitest'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

// Broken by: a ring of its own for each submit (eventRings.ts, `ringOf` without the look at `idOf`).
it('goes on in the ring of the turn before', async () => {
  const { client, send } = setUp()
  const frames = createFrames()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await turnOver()
  send(frames.created(), frames.chunk('one'), frames.finished({ result: 'one' }))
  await first.settled

  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await turnOver()
  send(frames.created(), frames.chunk('two'))

  const kinds = ['taskCreated', 'chunk', 'taskFinished', 'taskCreated', 'chunk']
  expect(client.getEvents('task-1').map(({ kind }) => kind)).toEqual(kinds)
  expect(client.getEvents(first.key).map(({ kind }) => kind)).toEqual(kinds)
  expect(client.getEvents(second.key).map(({ kind }) => kind)).toEqual(kinds)
})

// Broken by: eventRings.ts without its look at `maxEvents === 0`.
it('keeps none with maxEvents: 0, and tells of them all the same', async () => {
  const { client, send } = setUp({ maxEvents: 0 })
  const frames = createFrames()
  const told: string[] = []
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.observe(key, { onEvent: ({ kind }) => { told.push(kind) } })
  await turnOver()

  send(frames.created(), frames.chunk('a'), frames.chunk('b'))

  expect(client.getEvents(key)).toEqual([])
  expect(client.getEvents('task-1')).toEqual([])
  expect(told).toEqual(['taskCreated', 'chunk', 'chunk'])
})

// Broken by: createWorkflowClient.ts without `rings.forget`, or excessTasks.ts without `childrenOf`.
it('lets a task go with its child runs and its events', async () => {
  const { client, send } = setUp({ maxTasks: 1 })
  const play = async (id: string): Promise<string> => {
    const frames = createFrames(id)
    const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
    await turnOver()
    send(
      frames.created(),
      frames.created({ agent_id: 'agent', parent_execution: id }, `${id}-child`),
      frames.created({ agent_id: 'agent', parent_execution: `${id}-child` }, `${id}-grandchild`),
      frames.finished({ result: id }),
    )
    await settled
    return key
  }
  const one = await play('one')
  expect(Object.keys(client.store.getState().tasks)).toEqual(['one', 'one-child', 'one-grandchild'])
  expect(client.getEvents(one)).toHaveLength(4)

  const two = await play('two')

  expect(Object.keys(client.store.getState().tasks)).toEqual(['two', 'two-child', 'two-grandchild'])
  expect(client.getEvents(one)).toEqual([])
  expect(client.getEvents(two)).toHaveLength(4)
})
