import { expect, it } from 'vitest'
import type { SettledTurn } from '../../src/core.ts'
import { completed, fakeTime, pass, record, setUpService } from './followed.ts'
import { taskOf } from './handClient.ts'

fakeTime()

// Broken by: postStream.ts handing on no JSON, or line.ts following only what came as a stream.
it('follows the task when the POST is answered by JSON that says that it still runs', async () => {
  const { client, service } = setUpService({ transport: undefined })
  service.answer('invoke', record('executing', { last_executed_node_id: 'a' }))
  service.answer('task', record('executing', { last_executed_node_id: 'b' }), completed())
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  let turn: SettledTurn | undefined
  void settled.then((answer) => { turn = answer })

  await pass(0)
  expect(taskOf(client, key)).toMatchObject({ taskId: 'task-1', status: 'executing', connection: 'recovering', timeline: [{ id: 'a' }] })
  await pass(1000)
  expect(taskOf(client, key)).toMatchObject({ status: 'executing', connection: 'polling', timeline: [{ id: 'a' }, { id: 'b' }] })
  expect(turn).toBeUndefined()
  await pass(1000)

  expect(turn).toMatchObject({ taskId: 'task-1', cause: 'finished', status: 'completed', result: 'Hello!', text: 'Hello!', error: null })
  expect([service.count('invoke'), service.count('task')]).toEqual([1, 2])
})
