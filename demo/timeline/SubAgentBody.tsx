import type { ReactElement } from 'react'
import type { SubAgentStep } from 'use-workflow-stream'
import { Disclosure } from '../parts/Disclosure.tsx'
import { ChildRun } from './ChildRun.tsx'

/** What a sub-agent was asked, and its own run once it is known. */
export function SubAgentBody({ step: { query, taskId } }: { readonly step: SubAgentStep }): ReactElement {
  return (
    <div className="step-body">
      {query !== null && query !== '' && <p>{query}</p>}
      {taskId !== null && <Disclosure summary="Child run"><ChildRun taskId={taskId} /></Disclosure>}
    </div>
  )
}
