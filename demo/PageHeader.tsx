import type { ReactElement, ReactNode } from 'react'
import type { DemoInfo } from './demoInfo.ts'

export interface PageHeaderProps {
  readonly mode: DemoInfo['mode']
  /** Stands at the end. */
  readonly children?: ReactNode
}

/** What this is, and who answers. */
export function PageHeader({ mode, children }: PageHeaderProps): ReactElement {
  return (
    <header className="page-header">
      <h1>use-workflow-stream</h1>
      <span className="chip" data-tone={mode === 'simulator' ? 'quiet' : 'completed'}>
        {mode === 'simulator' ? 'Simulator' : 'Real service'}
      </span>
      {children}
    </header>
  )
}
