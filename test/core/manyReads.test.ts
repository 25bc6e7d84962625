import { createWorkflowClient } from 'use-workflow-stream/core'
import { expect, it, onTestFinished } from 'vitest'

it('reads many canvases at once without a warning of Node, and ends all of them on destroy', async () => {
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => { warnings.push(warning) }
  process.on('warning', onWarning)
  onTestFinished(() => { process.off('warning', onWarning) })
  const client = createWorkflowClient({ baseUrl: 'https://example.invalid', fetch: () => new Promise(() => undefined) })
  const reads = Array.from({ length: 20 }, (_, at) => client.getGraph(`flow-${at}`))
  // Node warns a tick later.
  await new Promise((resolve) => setImmediate(resolve))

  client.destroy()
  const ends = await Promise.allSettled(reads)

  expect(ends.map(({ status }) => status)).toEqual(Array.from({ length: 20 }, () => 'rejected'))
  expect(warnings).toEqual([])
})
