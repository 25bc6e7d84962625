import type { ReactElement } from 'react'
import type { WorkflowError, WorkflowErrorCode } from 'use-workflow-stream'
import { Icon } from '../parts/Icon.tsx'
import { formatDuration } from '../parts/time.ts'

/** What went wrong, in words, with the code to look up. */
export function ErrorNote({ error }: { readonly error: WorkflowError }): ReactElement {
  const { code, message, status, requestId, retryAfterMs, mayHaveStarted, issues = [] } = error
  const facts = [
    status !== undefined && `HTTP ${status}`,
    requestId !== undefined && `request ${requestId}`,
    retryAfterMs !== undefined && `try again in ${formatDuration(retryAfterMs)}`,
  ].filter((fact) => fact !== false)
  return (
    <div className="card" data-tone="failed">
      <p className="card-title"><Icon name="alert" /> {titles[code]}</p>
      <p>{message}</p>
      {issues.length > 0 && (
        <ul>
          {issues.map(({ loc, msg }, index) => <li key={index}><code>{loc.join('.')}</code> {msg}</li>)}
        </ul>
      )}
      {mayHaveStarted && <p>A run may have started all the same; nothing is sent again by itself.</p>}
      <p className="note"><code>{code}</code>{facts.map((fact) => ` · ${fact}`)}</p>
    </div>
  )
}

const titles: Readonly<Record<WorkflowErrorCode, string>> = {
  invalid_options: 'This cannot be sent',
  invalid_request: 'The service does not accept this request',
  unauthorized: 'The service does not accept the key',
  forbidden: 'The key may not do this',
  not_found: 'The service does not know this workflow or task',
  rate_limited: 'Too many requests',
  server_error: 'The service failed',
  http_error: 'The service gave an unexpected answer',
  network: 'The service could not be reached',
  not_event_stream: 'The answer is no event stream',
  stream_truncated: 'The connection was lost',
  connection_lost: 'The connection was lost',
  busy: 'A turn is still running',
  cancelled: 'This was cancelled before it was sent',
  unknown_start: 'Nobody knows whether the run started',
  headers_failed: 'The request headers could not be made',
  stop_failed: 'The run was not stopped',
}
