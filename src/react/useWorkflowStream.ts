import { useEffect, useInsertionEffect, useState } from 'react'
import { selectTask } from '../state/selectors.ts'
import { createActions } from './actions.ts'
import { storeOf, useWorkflowClient } from './clientContext.ts'
import { createMountedView } from './mountedView.ts'
import type { MountedView } from './mountedView.ts'
import { shownKey } from './options.ts'
import type { Rendered, UseWorkflowStreamOptions } from './options.ts'
import { useSelection } from './useSelection.ts'
import { createRunView } from './workflowRun.ts'
import type { WorkflowRun } from './workflowRun.ts'

/**
 * Runs a workflow and shows it happening.
 * @param select narrows what is answered, compared shallowly: the component renders again only when that changed
 * @example
 * const run = useWorkflowStream({ workflowId: 'your-workflow-id' })
 * return <button onClick={() => run.submit('Hi')}>{run.status}: {run.text}</button>
 */
export function useWorkflowStream<Output = unknown>(options: UseWorkflowStreamOptions<Output>): WorkflowRun<Output>
export function useWorkflowStream<Selected, Output = unknown>(
  options: UseWorkflowStreamOptions<Output>,
  select: (run: WorkflowRun<Output>) => Selected,
): Selected
export function useWorkflowStream(options: UseWorkflowStreamOptions, select?: (run: WorkflowRun) => unknown): unknown {
  const provided = useWorkflowClient()
  const client = options.client ?? provided
  const [ownConversation] = useState(newConversation)
  const conversation = options.id ?? ownConversation
  const [{ view, update, follow, refresh }] = useState(() => createHook({ options, client, conversation }))
  useInsertionEffect(() => { update({ options, client, conversation }) })

  const answer = useSelection(storeOf(client), (state) => {
    const run = view(selectTask(state, shownKey(state, { options, conversation })))
    return select ? select(run) : run
  })
  // A schema that comes later checks what has ended, as one does with which the hook is mounted.
  const hasSchema = options.schema !== undefined
  useEffect(() => client && follow(client), [client, follow, hasSchema])
  useEffect(refresh, [refresh, conversation, options.taskId])
  return answer
}

interface Hook extends MountedView {
  readonly view: ReturnType<typeof createRunView>
  /** Takes over what was committed. */
  readonly update: (next: Rendered) => void
}

/** What one hook keeps: its actions and callbacks read the options of the last commit. */
function createHook(rendered: Rendered): Hook {
  const latest = (): Rendered => rendered
  return { ...createMountedView(latest), view: createRunView(createActions(latest)), update(next) { rendered = next } }
}

const newConversation = (): string => `view-${Math.random().toString(36).slice(2)}`
