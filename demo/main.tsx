import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { WorkflowProvider } from 'use-workflow-stream'
import { createDemoClient } from './createDemoClient.ts'
import { fetchDemoInfo } from './demoInfo.ts'
import { Page } from './Page.tsx'

const root = createRoot(document.getElementById('root') as HTMLElement)

fetchDemoInfo().then(
  (demo) => {
    const client = createDemoClient(demo)
    root.render(
      <StrictMode>
        <WorkflowProvider client={client}>
          <Page demo={demo} />
        </WorkflowProvider>
      </StrictMode>,
    )
  },
  (error: unknown) => {
    root.render(
      <main className="empty">
        <p className="empty-title">The demo could not start</p>
        <p>{error instanceof Error ? error.message : String(error)}. Start it with <code>npm run demo</code> and reload.</p>
      </main>,
    )
  },
)
