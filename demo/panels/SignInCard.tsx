import type { ReactElement } from 'react'
import { use } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { Icon } from '../parts/Icon.tsx'
import { RunContext, useRun } from '../runContext.ts'
import { DecisionButtons } from './DecisionButtons.tsx'

/** A sign-in that the run waits for. */
export function SignInCard(): ReactElement | null {
  const { auth, taskId } = useRun(selectAuth)
  const { mode } = use(RunContext)
  if (auth === null) return null
  const { url, serverName, message } = auth
  return (
    <section className="card" data-tone="paused" aria-label="Sign-in">
      <p className="card-title"><Icon name="key" /> {url === null ? 'There is a problem with signing in' : 'The run needs you to sign in'}</p>
      <p>{message ?? `${serverName ?? 'A connected service'} has to know who you are. The run goes on by itself once you are signed in.`}</p>
      <div className="buttons">
        {url !== null && (
          <a className="button primary" href={url} target="_blank" rel="noreferrer">
            Sign in{serverName === null ? '' : ` to ${serverName}`} <Icon name="link" />
          </a>
        )}
        {mode === 'simulator' && taskId !== undefined && <DecisionButtons taskId={taskId} releaseLabel="Simulate signing in" />}
      </div>
    </section>
  )
}

const selectAuth = ({ auth, taskId }: WorkflowRun) => ({ auth, taskId })
