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
 * Sends the request and answers with a 2xx response; anything else rejects with a `WorkflowError`. A redirect is
 * refused: it would carry the headers to another host, and a 307 the POST as well.
 */
export async function send({ url, fetch, method, headers, body, signal }: SendRequest, phase: WorkflowErrorPhase): Promise<Response> {
  let response: Response
  try {
    response = await fetch(url, { method, headers, body: body ?? null, signal, cache: 'no-store', redirect: 'error' })
  } catch (cause) {
    throw new WorkflowError('network', phase, 'The service gave no answer', { mayHaveStarted: phase === 'submit', cause })
  }
  if (!response.ok) throw await refusalOf(response, phase, headers)
  return response
}
