import type { WorkflowClient } from 'use-workflow-stream'
import { createWorkflowClient } from 'use-workflow-stream'
import type { DemoInfo } from './demoInfo.ts'
import { fetchDemoInfo } from './demoInfo.ts'

/** After so many failed tries in a row the demo gives up: sooner than the package by itself, so that it can be seen. */
export const giveUpAfter = 5

/** The client of the page. Towards the simulator it has a key that may expire, and looks when a stream is silent. */
export function createDemoClient({ mode, key = '' }: DemoInfo): WorkflowClient {
  const baseUrl = '/api/xpander'
  if (mode === 'service') return createWorkflowClient({ baseUrl })
  let current = key
  return createWorkflowClient({
    baseUrl,
    async headers({ reason }) {
      if (reason === 'unauthorized') current = (await fetchDemoInfo()).key ?? ''
      return { 'x-demo-key': current }
    },
    recover: { giveUpAfter, stallAfterMs: 4000 },
  })
}
