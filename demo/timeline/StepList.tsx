import type { ReactElement } from 'react'
import type { Step } from 'use-workflow-stream'
import { Elapsed } from '../parts/Elapsed.tsx'
import { Icon } from '../parts/Icon.tsx'
import type { IconName } from '../parts/Icon.tsx'
import { StatusLabel } from '../parts/StatusLabel.tsx'
import { formatDuration } from '../parts/time.ts'
import { stepLooks } from '../parts/words.ts'
import { ReasoningBody } from './ReasoningBody.tsx'
import { SubAgentBody } from './SubAgentBody.tsx'
import { ToolCallBody } from './ToolCallBody.tsx'

export interface StepListProps {
  readonly steps: readonly Step[]
  /** Server time from which starts are counted. */
  readonly startedAt: number
  readonly clockSkewMs: number
}

/** Tool calls, reasoning and sub-agents in the order in which they were seen. */
export function StepList({ steps, startedAt, clockSkewMs }: StepListProps): ReactElement {
  return (
    <ol className="steps">
      {steps.map((step) => (
        <li key={step.id} className="step">
          <div className="step-head">
            <Icon name={kinds[step.kind].icon} />
            <span className="step-kind">{kinds[step.kind].word}</span>
            <span className="step-title">{titleOf(step)}</span>
            <span className="step-end">
              {step.startedAt !== null && <span className="note">at {formatDuration(step.startedAt - startedAt)}</span>}
              {step.startedAt !== null && step.startedAt !== step.endedAt && (
                <Elapsed since={step.startedAt} until={step.endedAt} clockSkewMs={clockSkewMs} />
              )}
              {(step.kind === 'toolCall' || step.kind === 'subAgent') && <StatusLabel look={stepLooks[step.status]} />}
            </span>
          </div>
          <StepBody step={step} />
        </li>
      ))}
    </ol>
  )
}

const kinds: Readonly<Record<Step['kind'], { readonly word: string; readonly icon: IconName }>> = {
  toolCall: { word: 'Tool call', icon: 'tool' },
  think: { word: 'Thought', icon: 'thought' },
  analyze: { word: 'Analysis', icon: 'thought' },
  subAgent: { word: 'Sub-agent', icon: 'agent' },
}

function titleOf(step: Step): string | null {
  return step.kind === 'toolCall' ? (step.toolName ?? step.operationId) : step.title
}

function StepBody({ step }: { readonly step: Step }): ReactElement {
  switch (step.kind) {
    case 'toolCall':
      return <ToolCallBody step={step} />
    case 'subAgent':
      return <SubAgentBody step={step} />
    case 'think':
    case 'analyze':
      return <ReasoningBody step={step} />
  }
}
