import { expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { selectTask } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

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
  expect(seen).not.toContainEqual(['completed', undefined])
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
