import * as v from 'valibot'
import { expect, it, vi } from 'vitest'
import { beginDroppedRun, beginRun, completed, fakeTime, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'
import type { Answer } from './scriptedService.ts'

fakeTime()

it('follows a run whose stream broke by reading it until it settles, and posts no second time', async () => {
  const { client, key, service, task, turn, posts } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('executing'), completed()) })
  const onSettled = vi.fn()
  client.observe(key, { onSettled })

  await pass(1000)
  expect(turn()).toBeUndefined()
  expect(task()).toMatchObject({ status: 'executing', connection: 'polling', text: 'Hel', hasGap: true })
  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', status: 'completed', result: 'Hello!', text: 'Hello!', error: null })
  expect(task()).toMatchObject({ connection: 'closed', text: 'Hello!', hasGap: true, error: null })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(turn())
  expect(posts()).toBe(1)
  expect(service.sent.map(({ method, url }) => `${method} ${url}`)).toEqual(Array(2).fill('GET https://service.test/v1/tasks/task-1'))
  await pass(600_000)
  expect(service.count('task')).toBe(2)
})

const question = { id: '1', role: 'user', content: 'Hi' }
const answerTo = (content: string): object => ({ id: '2', role: 'assistant', content })

it.each([
  ['the whole text', [question, answerTo('Hello from the thread')], 'Hello from the thread'],
  ['less than was streamed', [question, answerTo('He')], 'Hel'],
  ['the answer to an earlier question', [{ ...question, content: 'Earlier' }, answerTo('Earlier answer')], 'Hel'],
  ['no answer yet', [question], 'Hel'],
])('fills the text of a run without a result from its thread: %s', async (_, messages, text) => {
  const { turn, service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', completed(null))
    answer('thread', messages)
  })

  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', text, result: null })
  expect(service.count('thread')).toBe(1)
})

it.each<[string, Answer]>([['breaks', new Error('no')], ['is 503', 503]])('reads again when the thread that has the text %s', async (_, failure) => {
  const { turn, service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', completed(null))
    answer('thread', failure, [question, answerTo('Hello!')])
  })

  await pass(1000)
  expect(turn()).toBeUndefined()
  await pass(1600)

  expect(turn()).toMatchObject({ cause: 'finished', text: 'Hello!' })
  expect(service.count('thread')).toBe(2)
})

it.each([[404, 1], [503, 3]])('settles without a thread that is %s for good', async (status, reads) => {
  const { turn, service } = await beginDroppedRun({}, ({ answer }) => {
    answer('task', completed(null))
    answer('thread', status)
  })

  await pass(20_000)

  expect(turn()).toMatchObject({ cause: 'finished', status: 'completed', text: 'Hel' })
  expect(service.count('thread')).toBe(reads)
})

it('checks the result that was read against the schema', async () => {
  const schema = v.object({ answer: v.number() })
  const { turn } = await beginDroppedRun({ request: { schema } }, ({ answer }) => { answer('task', completed('{"answer":42}')) })

  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', output: { answer: 42 }, outputIssues: null })
})

it('settles a run that failed as failed, not as lost', async () => {
  const { turn } = await beginDroppedRun({}, ({ answer }) => { answer('task', record('failed', { result: 'No such file' })) })

  await pass(1000)

  expect(turn()).toMatchObject({ cause: 'finished', status: 'failed', result: 'No such file' })
})

it('takes the record that the stream ended with, and reads nothing', async () => {
  const { send, end, frames, turn, service } = await beginRun()
  send(frames.updated({ status: 'completed', result: 'Hello!' }))

  await end()
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(service.sent).toHaveLength(0)
})

it.each<[string, (run: Awaited<ReturnType<typeof beginRun>>) => Promise<void>]>([
  ['a connection that broke', (run) => run.fail(new TypeError('Load failed'))],
  ['an end before the end', (run) => run.end()],
])('follows after %s', async (_, drop) => {
  const run = await beginRun()
  run.service.answer('task', completed())

  await drop(run)
  await pass(1000)

  expect(run.turn()).toMatchObject({ cause: 'finished', result: 'Hello!' })
})

it('follows nothing that it has no id of, and says that it may have started', async () => {
  const { client, end, service, requests } = setUpService()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)

  await end()
  await pass(60_000)

  expect(await settled).toMatchObject({ cause: 'lost', error: { code: 'unknown_start', mayHaveStarted: true } })
  expect(service.sent).toHaveLength(0)
  expect(requests).toHaveLength(1)
})

it('does not take the record of the turn before for the end of the one that broke', async () => {
  const { client, send, end, frames, service, settled } = await beginRun()
  send(frames.finished({ result: 'One', finished_at: '2026-05-13T10:00:00.004Z' }))
  await settled
  const second = client.submit({ workflowId: 'flow', taskId: 'task-1', input: 'Two' })
  await pass(0)
  send(frames.created({ input: { text: 'Two' } }), frames.chunk('Tw'))
  service.answer('task', record('completed', { result: 'One', finished_at: '2026-05-13T10:00:00.004Z' }), completed('Two!'))

  await end()
  await pass(1000)
  expect(taskOf(client, 'task-1')).toMatchObject({ status: 'pending', text: 'Tw', connection: 'polling' })
  await pass(1000)

  expect(await second.settled).toMatchObject({ cause: 'finished', result: 'Two!' })
})

it('follows nothing when recovery is off, until it is asked to', async () => {
  const { client, key, turn, task, service } = await beginDroppedRun({ recover: false })
  await pass(60_000)
  expect(turn()).toMatchObject({ cause: 'lost', error: { code: 'stream_truncated' } })
  expect(task()).toMatchObject({ connection: 'lost', text: 'Hel' })
  expect(service.sent).toHaveLength(0)
  service.answer('task', completed())

  const settled = client.reconnect(key)
  await pass(0)

  expect(await settled).toMatchObject({ cause: 'finished', result: 'Hello!', error: null })
})

it('reads the canvas of a run that it only reads', async () => {
  const { client, service } = setUpService({ graph: 'auto' })
  service.answer('task', record('executing'))
  service.answer('nodes', [{ id: 'a', type: 'agent', name: 'Writer' }])

  void client.reconnect('task-1')
  await pass(0)
  await pass(0)

  expect(service.count('nodes')).toBe(1)
  service.answer('task', record('executing', { last_executed_node_id: 'a' }))
  await pass(2000)
  expect(taskOf(client, 'task-1').timeline).toMatchObject([{ id: 'a', name: 'Writer', type: 'agent' }])
  expect(service.count('nodes')).toBe(1)
})

it('asks for nothing more when the last frame of a stream ends the run', async () => {
  const { send, frames, turn, service } = await beginRun()

  send(frames.finished({ result: 'Hello!' }))
  await pass(60_000)

  expect(turn()).toMatchObject({ cause: 'finished' })
  expect(service.sent).toHaveLength(0)
})
