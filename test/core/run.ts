import { createWorkflowClient, selectTask, type SettledTurn } from 'use-workflow-stream/core'

/** How a run came out, as plain data that can be posted from a worker. */
export interface Outcome extends Pick<SettledTurn, 'status' | 'cause' | 'result' | 'text'> {
  readonly code: string | undefined
  readonly hasDocument: boolean
}

/** What a worker posts back: that the store has text, then how the run came out. */
export type Report = 'text' | Outcome

/** The main job, with the package's defaults but for how long a drop is waited for. */
export async function run(baseUrl: string, report: (report: Report) => void): Promise<void> {
  const client = createWorkflowClient({ baseUrl, recover: { firstDelayMs: 10 } })
  const { key, settled } = client.submit({ workflowId: 'story', input: 'Hi' })
  const leave = client.store.subscribe((state) => {
    if (!selectTask(state, key)?.text) return
    leave()
    report('text')
  })
  const { status, cause, result, text, error } = await settled
  client.destroy()
  report({ status, cause, result, text, code: error?.code, hasDocument: typeof document !== 'undefined' })
}
