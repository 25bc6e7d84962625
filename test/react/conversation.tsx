import { memo, useState, type ReactElement } from 'react'
import { useWorkflowNode, useWorkflowStream, type TimelineNode, type WorkflowRun } from 'use-workflow-stream'

/** Uses the hooks as apps do: destructured, spread, passed on whole, narrowed inline, and by id. */
export function Conversation(): ReactElement {
  const run = useWorkflowStream({ workflowId: 'flow', id: 'conversation', request: { title: 'Mine' } })
  const { status, timeline, submit, turns } = run
  const wordCount = useWorkflowStream({ workflowId: 'flow', id: 'conversation' }, ({ text }) => text.split(' ').filter(Boolean).length)
  const [question, setQuestion] = useState('One')
  const done = timeline.filter((node) => node.status === 'completed').map((node) => node.name)

  const ask = (): void => {
    submit(question)
    setQuestion('Two')
  }

  return (
    <main>
      <button type="button" onClick={ask}>{question}</button>
      <p>{status}, {turns.length} turns, {wordCount} words, done: {done.join(' ')}</p>
      <Answer {...run} />
      <Whole run={run} />
      <ul>{timeline.map((node) => <Row key={node.id} node={node} taskId={run.taskId} />)}</ul>
    </main>
  )
}

const Answer = memo(function Answer({ text, isRunning }: Pick<WorkflowRun, 'text' | 'isRunning'>) {
  return <blockquote>{text}{isRunning && '…'}</blockquote>
})

const Whole = memo(function Whole({ run }: { readonly run: WorkflowRun }) {
  return <output>{run.connection} {run.result}</output>
})

const Row = memo(function Row({ node, taskId }: { readonly node: TimelineNode; readonly taskId: string | undefined }) {
  const steps = useWorkflowNode(taskId, node.id)?.steps ?? []
  return <li>{node.name}: {node.status}, {steps.map((step) => step.status).join(' ')}</li>
})
