import { StrictMode, useState, type ReactElement } from 'react'
import { createRoot } from 'react-dom/client'
import { useWorkflowStream } from 'use-workflow-stream'

function Story(): ReactElement {
  const run = useWorkflowStream({ workflowId: 'story', id: 'story' })
  return (
    <main>
      <button onClick={() => { run.submit('Hi') }}>Run</button>
      <p role="status">{run.status} {run.connection} {run.error?.code}</p>
      <p role="note">{run.text}</p>
    </main>
  )
}

function Page(): ReactElement {
  const [isShown, setIsShown] = useState(true)
  return (
    <>
      <button onClick={() => { setIsShown(!isShown) }}>View</button>
      {isShown && <Story />}
    </>
  )
}

createRoot(document.body.appendChild(document.createElement('div'))).render(<StrictMode><Page /></StrictMode>)
