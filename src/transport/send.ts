import { WorkflowError, type WorkflowErrorPhase } from '../errors.ts'
import { refusalOf } from './refusal.ts'

/** What any request of ours consists of. */
export interface SendRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  readonly signal: AbortSignal
  readonly fetch: typeof globalThis.fetch
}

/**
 * Sends the request and answers a 2xx response; another rejects with what it means. Redirects are not followed: they
 * would carry the headers to another host, and a 307 the POST as well.
 */
export async function send({ fetch, url, ...init }: SendRequest, phase: WorkflowErrorPhase): Promise<Response> {
  const response = await fetch(url, { ...init, cache: 'no-store', redirect: 'error' })
  if (!isResponse(response)) {
    throw new WorkflowError('invalid_options', phase, 'The `fetch` option has to answer a Response', {
      mayHaveStarted: phase === 'submit', cause: `it answered ${typeof response}`,
    })
  }
  if (response.ok) return response
  throw await refusalOf(response, phase, init.headers, init.body)
}

/** What a request failed with: our own error as it is, anything else as a line that broke. */
export function failureOf(cause: unknown, phase: WorkflowErrorPhase): WorkflowError {
  if (cause instanceof WorkflowError) return cause
  return new WorkflowError('network', phase, 'The connection to the service failed', { mayHaveStarted: phase === 'submit', cause })
}

/** Did a `fetch` of the user answer as `fetch` does? */
export const isResponse = (value: unknown): value is Response =>
  typeof (value as { readonly headers?: { readonly get?: unknown } } | null | undefined)?.headers?.get === 'function'
