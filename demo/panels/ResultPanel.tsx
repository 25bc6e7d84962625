import type { ReactElement } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Code } from '../parts/Code.tsx'
import { CopyButton } from '../parts/CopyButton.tsx'
import { Icon } from '../parts/Icon.tsx'
import { Panel } from '../parts/Panel.tsx'
import { useRun } from '../runContext.ts'

/** The result as the service sent it, or where it does not fit the schema. */
export function ResultPanel({ shownTurn }: { readonly shownTurn: number }): ReactElement | null {
  const { result, output, issues } = useRun((run) => selectResult(run, shownTurn))
  if (result === null) return null
  const isTyped = output !== undefined
  return (
    <Panel
      title="Result"
      aside={<span className="note">{isTyped && 'fits the schema'} <CopyButton what="result" text={result} /></span>}
    >
      {issues !== null && (
        <div className="card" data-tone="failed">
          <p className="card-title"><Icon name="alert" /> The result does not fit the schema</p>
          <ul>
            {issues.map(({ message, path }, index) => <li key={index}>{path && path !== '' && <code>{path}</code>} {message}</li>)}
          </ul>
        </div>
      )}
      <Code label="Result" value={isTyped ? output : (parsed(result) ?? result)} />
    </Panel>
  )
}

function selectResult({ turns }: WorkflowRun, shownTurn: number) {
  const { result = null, output, outputIssues = null } = turns[shownTurn] ?? {}
  return {
    result,
    output,
    issues: outputIssues && outputIssues.map(({ message, path }) => ({
      message,
      path: path?.map((part) => String(typeof part === 'object' ? part.key : part)).join('.'),
    })),
  }
}

/** JSON that stands for a record or a list; a plain word is shown as it is. */
function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' ? value : undefined
  } catch {
    return undefined
  }
}
