import { expect, it, vi } from 'vitest'
import { WorkflowError } from '../../src/core.ts'
import type { WhenBusy } from '../../src/client/workflowClient.ts'
import type { SettledTurn } from '../../src/core.ts'
import { beginDroppedRun, beginRun, fakeTime, isoOf, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'
import { later } from './scriptedService.ts'

fakeTime()

const textsOf = (requests: readonly { readonly body?: string }[]): string[] =>
  requests.map(({ body = '' }) => (JSON.parse(body) as { input: { text: string } }).input.text)

it.each([false, 'frame'] as const)('sends what waits when the turn before it is over, in order (throttle %s)', async (throttle) => {
  const { client, key, send, frames, requests, task } = await beginRun({ throttle })
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  const third = client.submit({ workflowId: 'flow', taskId: key, input: 'Three', whenBusy: 'queue' })
  expect(task().queue).toEqual([{ key: second.key, input: { text: 'Two' } }, { key: third.key, input: { text: 'Three' } }])

  send(frames.finished({ result: '1' }))
  await pass(0)
  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
  expect(task()).toMatchObject({ status: 'submitting', queue: [{ key: third.key }], turns: [{ result: '1' }, { key: second.key }] })
  send(frames.created(), frames.finished({ result: '2' }))
  await pass(0)
  send(frames.created(), frames.finished({ result: '3' }))

  expect(await second.settled).toMatchObject({ cause: 'finished', result: '2' })
  expect(await third.settled).toMatchObject({ cause: 'finished', result: '3' })
  expect(textsOf(requests)).toEqual(['Hi', 'Two', 'Three'])
  expect(requests.slice(1).map(({ body }) => (JSON.parse(body ?? '') as { id: string }).id)).toEqual(['task-1', 'task-1'])
  expect(task().queue).toEqual([])
})

it('waits behind a submit that has no id yet', async () => {
  const { client, send, requests } = setUpService()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'queue' })
  await pass(0)
  expect(requests).toHaveLength(1)
  expect(taskOf(client, first.key).queue).toHaveLength(1)

  send({ type: 'task_finished', task_id: 'task-1', time: isoOf(1), data: { id: 'task-1', status: 'completed', result: '1' } })
  await first.settled
  await pass(0)

  expect(requests[1]?.body).toBe('{"input":{"text":"Two"},"id":"task-1"}')
  expect(taskOf(client, second.key).queue).toEqual([])
})

it('sends what waits when the turn before it failed', async () => {
  const { client, key, send, frames, requests } = await beginRun()
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })

  send(frames.finished({ status: 'failed', result: 'No' }))
  await pass(0)

  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

it('sends what waits when the turn before it was refused', async () => {
  const { client, fail, requests } = setUpService()
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'queue' })
  const third = client.submit({ workflowId: 'flow', taskId: first.key, input: 'Three', whenBusy: 'queue' })
  await pass(0)

  await fail(new WorkflowError('forbidden', 'submit', 'no', { status: 403 }))
  await pass(0)
  expect(textsOf(requests)).toEqual(['One', 'Two'])
  await fail(new WorkflowError('forbidden', 'submit', 'no', { status: 403 }))
  await pass(0)

  expect(textsOf(requests)).toEqual(['One', 'Two', 'Three'])
  expect(await second.settled).toMatchObject({ cause: 'refused' })
  expect(taskOf(client, third.key).queue).toEqual([])
})

it('waits while the run before it is recovered, and while it is lost', async () => {
  const { client, key, requests, service } = await beginDroppedRun({ recover: { giveUpAfter: 2 } }, ({ answer }) => { answer('task', 503) })
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  await pass(60_000)
  expect(requests).toHaveLength(1)
  service.answer('task', record('completed', { result: '1' }))

  void client.reconnect(key)
  await pass(0)

  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

it('cancels what waits, and makes no error of it', async () => {
  const { client, key, send, frames, requests, task } = await beginRun()
  const onError = vi.fn()
  client.observe(key, { onError })
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  const third = client.submit({ workflowId: 'flow', taskId: key, input: 'Three', whenBusy: 'queue' })

  client.cancelQueued(second.key)
  client.cancelQueued('unknown')

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(task()).toMatchObject({ queue: [{ key: third.key }], error: null })
  expect(onError).not.toHaveBeenCalled()
  send(frames.finished())
  await pass(0)
  expect(textsOf(requests)).toEqual(['Hi', 'Three'])
})

it('does not let a submit pass that waits', async () => {
  const { client, key, send, frames, requests } = await beginRun()
  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  send(frames.finished())

  const third = client.submit({ workflowId: 'flow', taskId: key, input: 'Three' })

  expect(await third.settled).toMatchObject({ cause: 'refused', error: { code: 'busy' } })
  expect(textsOf(requests).length).toBeLessThan(3)
})

it('throws at once for what could not be sent when it has its turn', async () => {
  const { client, key, task } = await beginRun()

  expect(() => client.submit({ workflowId: '', taskId: key, input: 'Two', whenBusy: 'queue' })).toThrow(expect.objectContaining({ code: 'invalid_options' }))
  expect(task().queue).toEqual([])
})

it('refuses what became such that it cannot be sent while it waited, and goes on with the next', async () => {
  const { client, key, send, frames, requests } = await beginRun()
  const extra: Record<string, unknown> = {}
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', extra, whenBusy: 'queue' })
  client.submit({ workflowId: 'flow', taskId: key, input: 'Three', whenBusy: 'queue' })
  extra.self = extra

  send(frames.finished())
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'invalid_options' } })
  expect(textsOf(requests)).toEqual(['Hi', 'Three'])
})

it('cancels all that waits when it is destroyed', async () => {
  const { client, key, requests } = await beginRun()
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })

  client.destroy()

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(requests).toHaveLength(1)
})

// Replace

it('replaces a run: stops it, waits until that is confirmed, and only then submits', async () => {
  const { client, key, service, requests, turn, task } = await beginRun()
  const stopping = later()
  service.answer('stop', stopping.answer)

  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'replace' })
  await pass(10_000)
  expect(requests).toHaveLength(1)
  expect(task()).toMatchObject({ isStopping: true, queue: [{ key: second.key }] })
  stopping.give(record('stopped'))
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'stopped' })
  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
  expect(task()).toMatchObject({ status: 'submitting', isStopping: false, queue: [], turns: [{ status: 'stopped' }, { key: second.key }] })
})

it('waits for the stream to say stopped when the answer does not', async () => {
  const { client, key, service, requests, send, frames } = await beginRun()
  service.answer('stop', record('executing'))

  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'replace' })
  await pass(10_000)
  expect(requests).toHaveLength(1)
  send(frames.finished({ status: 'stopped' }))
  await pass(0)

  expect(textsOf(requests)).toEqual(['Hi', 'Two'])
})

it('replaces nothing when the stop is refused, and leaves the run alone', async () => {
  const { client, key, service, requests, send, frames, task } = await beginRun()
  const onError = vi.fn()
  client.observe(key, { onError })
  service.answer('stop', 500)

  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'replace' })
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'stop_failed' } })
  expect(task()).toMatchObject({ status: 'executing', connection: 'open', isStopping: false, queue: [], error: null })
  expect(onError).toHaveBeenCalledWith(expect.objectContaining({ code: 'stop_failed' }))
  send(frames.finished({ result: '1' }))
  await pass(0)
  expect(textsOf(requests)).toEqual(['Hi'])
})

it('replaces a submit that has no id yet, once it has one', async () => {
  const { client, service, send, requests } = setUpService()
  service.answer('stop', record('stopped'))
  const first = client.submit({ workflowId: 'flow', input: 'One' })
  await pass(0)
  client.submit({ workflowId: 'flow', taskId: first.key, input: 'Two', whenBusy: 'replace' })
  await pass(0)
  expect(service.sent).toHaveLength(0)

  send({ type: 'task_created', task_id: 'task-1', time: isoOf(1), data: { id: 'task-1', status: 'pending' } })
  await pass(0)

  expect(await first.settled).toMatchObject({ cause: 'stopped' })
  expect(textsOf(requests)).toEqual(['One', 'Two'])
})

it('replaces what waits too', async () => {
  const { client, key, service, requests, task } = await beginRun()
  service.answer('stop', record('stopped'))
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })

  const third = client.submit({ workflowId: 'flow', taskId: key, input: 'Three', whenBusy: 'replace' })
  expect(task().queue).toMatchObject([{ key: third.key }])
  await pass(0)

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(textsOf(requests)).toEqual(['Hi', 'Three'])
})

it('leaves what waits for another task', async () => {
  const { client, key, service, task } = await beginRun()
  service.answer('stop', later().answer)
  const other = client.submit({ workflowId: 'flow', input: 'Other' })
  const waiting = client.submit({ workflowId: 'flow', taskId: other.key, input: 'Two', whenBusy: 'queue' })

  client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'replace' })

  expect(taskOf(client, other.key).queue).toMatchObject([{ key: waiting.key }])
  expect(task().queue).toHaveLength(1)
})

it.each([{ result: '1', finished_at: isoOf(6) }, { result: '1' }])(
  'does not take the late answer to a stop for the end of the turn that came after: %j', async (fields) => {
    const { client, key, service, send, frames, task } = await beginRun()
    const stopping = later()
    service.answer('stop', stopping.answer)
    const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'replace' })
    await pass(0)
    send(frames.finished({ result: '1', finished_at: isoOf(6) }))
    await pass(0)
    send(frames.created(), frames.updated())

    stopping.give(record('completed', fields))
    await pass(0)

    expect(task()).toMatchObject({ key: second.key, status: 'executing', connection: 'open' })
  },
)

it.each<[WhenBusy, string[], SettledTurn['cause'] | undefined]>([
  ['reject', ['One'], 'refused'],
  ['queue', ['One'], undefined],
  ['replace', ['One'], undefined],
])('makes one run of a double click: %s', async (whenBusy, texts, cause) => {
  const { client, requests } = setUpService()
  const first = client.submit({ workflowId: 'flow', input: 'One', whenBusy })
  const second = client.submit({ workflowId: 'flow', taskId: first.key, input: 'One', whenBusy })
  let turn: SettledTurn | undefined
  void second.settled.then((settled) => { turn = settled })

  await pass(1000)

  expect(textsOf(requests)).toEqual(texts)
  expect(turn?.cause).toBe(cause)
})

it('cancels by stop what waits, and asks the service nothing', async () => {
  const { client, key, task, service, requests } = await beginRun()
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })

  expect(await client.stop(second.key)).toEqual({ server: 'confirmed' })

  expect(await second.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })
  expect(task()).toMatchObject({ queue: [], isStopping: false, status: 'executing' })
  expect(service.sent).toHaveLength(0)
  expect(requests).toHaveLength(1)
})

it('waits by reconnect for what waits, and makes no task of it', async () => {
  const { client, key, send, frames, service } = await beginRun()
  const second = client.submit({ workflowId: 'flow', taskId: key, input: 'Two', whenBusy: 'queue' })
  const found = client.reconnect(second.key)
  await pass(5000)
  expect(Object.keys(client.store.getState().tasks)).toEqual(['task-1'])

  send(frames.finished({ result: '1' }))
  await pass(0)
  send(frames.created(), frames.finished({ result: '2' }))

  expect(await found).toMatchObject({ cause: 'finished', result: '2' })
  expect(await second.settled).toEqual(await found)
  expect(service.sent).toHaveLength(0)
})
