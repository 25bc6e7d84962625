import { memo, startTransition, useEffect, useLayoutEffect, useState, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { WorkflowProvider, createWorkflowClient, selectTask, useWorkflowStream, useWorkflowTask, useWorkflowTimeline } from 'use-workflow-stream'

const client = createWorkflowClient({ graph: false })

/** What the store held, each state as the page shows it, and what came onto the page. */
const held = new Set<string>(['idle 0 0'])
const shown: string[] = []
client.store.subscribe((state) => {
  const task = selectTask(state, state.conversations.story ?? '')
  if (task) held.add(`${task.status} ${task.text.length} ${task.timeline.length}`)
})
Object.assign(window, { held, shown })
const look = (): void => {
  const parts = document.getElementById('parts')?.textContent
  if (parts !== undefined) shown.push(parts)
}

/** Something that takes so long to render that React does other work before it goes on. */
function Heavy(): null {
  const until = performance.now() + 6
  while (performance.now() < until);
  return null
}

// Each part reads for itself, with something heavy between, and none is given anything.
const Status = memo(() => <i>{useWorkflowStream({ workflowId: 'story', id: 'story' }, (run) => run.status)}</i>)
const Text = memo(({ taskId }: { readonly taskId: string | undefined }) => <i>{useWorkflowTask(taskId, (task) => task?.text.length ?? 0)}</i>)
const Timeline = memo(({ taskId }: { readonly taskId: string | undefined }) => <i>{useWorkflowTimeline(taskId).length}</i>)

function Parts({ round }: { readonly round: number }): ReactElement {
  const taskId = useWorkflowStream({ workflowId: 'story', id: 'story' }, (run) => run.taskId)
  return <p key={round} id="parts"><Heavy /><Status /> <Heavy /><Text taskId={taskId} /> <Heavy /><Timeline taskId={taskId} /></p>
}

function Page(): ReactElement {
  const [round, setRound] = useState(0)
  const run = useWorkflowStream({ workflowId: 'story', id: 'story' }, ({ submit, isSettled }) => ({ submit, isSettled }))
  // One transition after the other: each renders all parts anew, while the stream goes on.
  useEffect(() => {
    if (!run.isSettled) startTransition(() => { setRound(round + 1) })
  }, [round, run.isSettled])
  useLayoutEffect(look)
  return (
    <>
      <button onClick={() => { run.submit('Hi') }}>Run</button>
      <p id="status">{run.isSettled ? 'over' : 'under way'}</p>
      <Parts round={round} />
    </>
  )
}

// What the store changes without the page around it being rendered is seen too.
new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true })

createRoot(document.body.appendChild(document.createElement('div'))).render(<WorkflowProvider client={client}><Page /></WorkflowProvider>)
