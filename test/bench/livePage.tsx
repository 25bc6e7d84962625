import { memo, type ReactElement } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { WorkflowProvider, createWorkflowClient, useWorkflowNode, useWorkflowStream } from 'use-workflow-stream'

const client = createWorkflowClient({ baseUrl: location.origin })

async function submit(): Promise<void> {
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.show('live', key)
  const { status, text } = await settled
  if (status !== 'completed' || text.length < 1000) throw new Error(`The run did not end well: ${status}`)
}

async function read(): Promise<void> {
  const { body } = await fetch('/v1/workflows/flow/invoke/stream', { method: 'POST', body: '{}' })
  const reader = body?.getReader()
  while (reader && !(await reader.read()).done);
}

/** Pages that meet the same stream. */
const pages: Readonly<Record<string, readonly [ReactElement | null, () => Promise<void>]>> = {
  /** It is read, and nothing is made of it. */
  nothing: [null, read],
  /** A run, of which nothing but counts is shown. */
  counts: [<WorkflowProvider client={client}><Counts /></WorkflowProvider>, submit],
  /** A run as an app shows it. */
  run: [<WorkflowProvider client={client}><Run /></WorkflowProvider>, submit],
}

Object.assign(window, {
  /** How long the longest task took while a stream came, in milliseconds; the page was there before. */
  async longestTask(name: string): Promise<number> {
    const [page, work] = pages[name] ?? [null, read]
    const root = createRoot(document.body.appendChild(document.createElement('main')))
    flushSync(() => { root.render(page) })
    await nextFrame()
    const tasks: number[] = []
    const observer = new PerformanceObserver((list) => { tasks.push(...list.getEntries().map(({ duration }) => duration)) })
    observer.observe({ type: 'longtask' })
    await work()
    await nextFrame()
    tasks.push(...observer.takeRecords().map(({ duration }) => duration))
    observer.disconnect()
    root.unmount()
    return Math.max(0, ...tasks)
  },
})

/** Resolves when all that was asked for is on the screen, and what took long was told. */
const nextFrame = (): Promise<void> => new Promise((resolve) => {
  requestAnimationFrame(() => { requestAnimationFrame(() => { setTimeout(resolve) }) })
})

function Counts(): ReactElement {
  const { status, text, timeline } = useWorkflowStream({ workflowId: 'flow', id: 'live' })
  return <h1>{status} {text.length} {timeline.length}</h1>
}

function Run(): ReactElement {
  const { status, connection, taskId, text, timeline } = useWorkflowStream({ workflowId: 'flow', id: 'live' })
  return (
    <>
      <h1>{status} {connection}</h1>
      <ol>{timeline.map(({ id }) => <Node key={id} taskId={taskId} id={id} />)}</ol>
      <pre>{text}</pre>
    </>
  )
}

const Node = memo(({ taskId, id }: { readonly taskId: string | undefined; readonly id: string }) => {
  const node = useWorkflowNode(taskId, id)
  return <li>{node?.name} {node?.status} {node?.steps.length}</li>
})
