import type { ReactElement } from 'react'
import type { ReasoningStep } from 'use-workflow-stream'

/** A reasoning step in its own words. */
export function ReasoningBody({ step: { text, action, result, confidence } }: { readonly step: ReasoningStep }): ReactElement {
  const facts = [
    action !== null && `Action: ${action}`,
    result !== null && `Result: ${result}`,
    confidence !== null && `Confidence: ${Math.round(confidence * 100)} %`,
  ].filter((fact) => fact !== false)
  return (
    <div className="step-body">
      {text !== null && <p>{text}</p>}
      {facts.length > 0 && <p className="note">{facts.join(' · ')}</p>}
    </div>
  )
}
