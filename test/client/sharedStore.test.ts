import { expect, it } from 'vitest'
import { createWorkflowStore } from '../../src/core.ts'
import type { WorkflowStore } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

type Setting = ReturnType<typeof setUp>

async function run({ client, send }: Setting, id: string): Promise<void> {
  const frames = createFrames(id)
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  send(frames.created(), frames.finished({ result: id }))
  await settled
  await turnOver()
}

const idsOf = (store: WorkflowStore): string[] => Object.keys(store.getState().tasks)

it.each<[string, (setting: Setting) => unknown]>([
  ['shows', ({ client }) => client.observe('shown', {})],
  ['keeps', ({ client }) => client.retain('shown')],
])('lets no task go that another client of the store %s', async (_, hold) => {
  const store = createWorkflowStore()
  const one = setUp({ store, maxTasks: 1 })
  const other = setUp({ store })
  hold(other)
  await run(other, 'shown')

  await run(one, 'a')
  await run(one, 'b')

  expect(idsOf(store)).toContain('shown')
  expect(idsOf(store)).not.toContain('a')
})

it('lets go what a client showed that was destroyed', async () => {
  const store = createWorkflowStore()
  const one = setUp({ store, maxTasks: 1 })
  const other = setUp({ store })
  other.client.retain('shown')
  await run(other, 'shown')
  other.client.destroy()

  await run(one, 'a')

  expect(idsOf(store)).toEqual(['a'])
})
