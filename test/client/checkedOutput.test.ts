import { expect, it, vi } from 'vitest'
import type { StandardSchema } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { setUp } from './handClient.ts'

/** Takes anything, and remembers what. */
function createSchema(): { readonly schema: StandardSchema; readonly validate: ReturnType<typeof vi.fn> } {
  const validate = vi.fn((value: unknown) => ({ value }))
  return { schema: { '~standard': { version: 1, vendor: 'test', validate } }, validate }
}

// Broken by: awaitedTurns.ts checking the result of a turn whatever its status is.
it.each([
  ['completed', 1, { answer: 42 }],
  ['failed', 0, undefined],
  ['error', 0, undefined],
  ['stopped', 0, undefined],
])('checks the result of a run that ended as %s so often: %i', async (status, times, output) => {
  const { client, send } = setUp()
  const frames = createFrames()
  const { schema, validate } = createSchema()
  const { settled } = client.submit({ workflowId: 'flow', input: 'Hi', schema })
  await turnOver()

  send(frames.created(), frames.finished({ status, result: '{"answer":42}' }))

  expect(await settled).toMatchObject({ status, result: '{"answer":42}', output, outputIssues: null })
  expect(validate).toHaveBeenCalledTimes(times)
})
