import type { ReactElement } from 'react'
import type { ToolCallStep } from 'use-workflow-stream'
import { Code } from '../parts/Code.tsx'
import { Disclosure } from '../parts/Disclosure.tsx'

/** What went into a tool and what came out; an error stands open. */
export function ToolCallBody({ step }: { readonly step: ToolCallStep }): ReactElement {
  const { title, input, output, isError, status } = step
  return (
    <div className="step-body">
      {title !== null && <p>{title}</p>}
      {isError && <p className="error-text">{typeof output === 'string' ? output : JSON.stringify(output)}</p>}
      <div className="step-values">
        {input !== undefined && input !== null && <Disclosure summary="Input"><Code label="Input" value={input} /></Disclosure>}
        {status === 'completed' && output !== undefined && output !== null && (
          <Disclosure summary="Output"><Code label="Output" value={output} /></Disclosure>
        )}
      </div>
    </div>
  )
}
