import { settledTurn } from '../client/settledTurn.ts'
import type { WorkflowClient } from '../client/workflowClient.ts'
import { WorkflowError } from '../errors.ts'
import { selectTask } from '../state/selectors.ts'
import { shownKey } from './options.ts'
import type { Rendered } from './options.ts'
import type { WorkflowActions } from './workflowRun.ts'

/** The actions of one hook: each does what the last commit says, when it is called. */
export function createActions(latest: () => Rendered): WorkflowActions {
  const target = (): Rendered & { readonly client: WorkflowClient; readonly key: string | undefined } => {
    const rendered = latest()
    const { client } = rendered
    if (client === undefined) {
      throw new WorkflowError(
        'invalid_options', 'submit',
        'There is no client here: wrap the tree in <WorkflowProvider client={...}>, or act in the browser',
      )
    }
    return { ...rendered, client, key: shownKey(client.store.getState(), rendered) }
  }
  return {
    submit(input, overrides) {
      const { options, client, conversation, key } = target()
      const { input: defaults, ...fields } = options.request ?? {}
      const { workflowId, version, schema, whenBusy } = options
      const given = typeof input === 'string' ? { text: input } : input
      const handle = client.submit({
        version, ...fields, ...overrides, workflowId, schema, whenBusy, taskId: key,
        input: defaults && typeof given === 'object' ? { ...defaults, ...given } : input,
      })
      // A refused one leaves the view on what is running.
      if (selectTask(client.store.getState(), handle.key)) client.show(conversation, handle.key)
      return handle
    },
    stop() {
      const { client, key } = target()
      return key === undefined ? Promise.resolve({ server: 'unconfirmed' }) : client.stop(key)
    },
    disconnect() {
      const { client, key } = target()
      if (key !== undefined) client.disconnect(key)
    },
    reconnect() {
      const { client, key } = target()
      return key === undefined ? Promise.resolve(settledTurn(undefined, '', false)) : client.reconnect(key)
    },
    cancelQueued(key) { target().client.cancelQueued(key) },
    reset() {
      const { client, options, conversation } = target()
      client.show(conversation, undefined)
      if (options.taskId) options.onTaskId?.(undefined)
    },
  }
}
