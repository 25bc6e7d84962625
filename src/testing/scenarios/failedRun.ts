import { scenario } from '../scenario.ts'
import { executed, fail, toolCall, wait } from '../stepBuilders.ts'

/** The last node fails as often as it may, and the run with it. */
export const failedRun = scenario({
  id: 'failed-run',
  name: 'Nightly export',
  description: 'Exports the day’s orders. The target refuses every time, so the run ends as failed.',
  sampleInput: 'Export the orders of 12 May',
  nodes: [
    { id: 'read-orders', type: 'action', name: 'Read orders', operationId: 'op-orders-list', connectionId: 'conn-orders', next: ['convert'] },
    { id: 'convert', type: 'code', name: 'Convert to CSV', next: ['upload'], definition: { code: 'return to_csv(orders)' } },
    { id: 'upload', type: 'action', name: 'Upload file', operationId: 'op-storage-put', connectionId: 'conn-storage', maxRetries: 2, next: ['notify'] },
    { id: 'notify', type: 'action', name: 'Notify finance', operationId: 'op-chat-post', connectionId: 'conn-chat' },
  ],
  run: [
    toolCall('read-orders', { output: { orders: 1284 }, ms: 800 }),
    wait(400),
    executed('convert'),
    upload(600),
    wait(400),
    upload(700),
    wait(800),
    upload(650),
    fail('Upload file failed after 3 attempts: 403 AccessDenied, the bucket orders-archive is read-only.'),
  ],
})

function upload(ms: number): ReturnType<typeof toolCall> {
  return toolCall('upload', { tool: 'Put object', input: { bucket: 'orders-archive', key: '2026-05-12.csv' }, error: '403 AccessDenied: the bucket orders-archive is read-only', ms })
}
