import { useState, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { WorkflowProvider, createWorkflowClient, persistTasks, selectTask, useWorkflowStream } from 'use-workflow-stream'

const query = new URLSearchParams(location.search)
// With a long delay only what happens to the page can be why a task was read.
const delayMs = Number(query.get('delay') ?? 10)
const client = createWorkflowClient({
  recover: { firstDelayMs: delayMs, maxDelayMs: delayMs, idleDelayMs: delayMs, jitter: 0 },
  ...(query.has('persist') ? { persist: persistTasks() } : {}),
})

/** What the connection of the newest run was, one after the other. */
const connections: string[] = []
client.store.subscribe((state) => {
  const connection = selectTask(state, Object.keys(state.tasks).at(-1) ?? '')?.connection
  if (connection !== undefined && connection !== connections.at(-1)) connections.push(connection)
})
Object.assign(window, { connections })

function Story(): ReactElement {
  const [taskId, setTaskId] = useState(query.get('task') || undefined)
  const run = useWorkflowStream({
    workflowId: 'story', id: query.get('id') ?? 'story', taskId,
    onTaskId(id) {
      if (!query.has('address')) return
      setTaskId(id)
      query.set('task', id ?? '')
      history.replaceState(null, '', `?${query.toString()}`)
    },
  })
  return (
    <main>
      <button onClick={() => { run.submit('Hi') }}>Run</button>
      <p id="status">{run.status} {run.connection} {run.error?.code}</p>
      <p id="text">{run.text}</p>
      <p id="result">{run.result}</p>
      <p id="turns">{run.turns.length}</p>
      <p id="timeline">{run.timeline.map(({ id }) => id).join(' ')}</p>
      <p id="tasks">{Object.keys(client.store.getState().tasks).sort().join(' ')}</p>
    </main>
  )
}

createRoot(document.body.appendChild(document.createElement('div'))).render(<WorkflowProvider client={client}><Story /></WorkflowProvider>)
