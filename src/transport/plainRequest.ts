import { WorkflowError, type WorkflowErrorPhase } from '../errors.ts'
import { send, type SendRequest } from './send.ts'

const maxMs = 30_000

/** A request without a body that is answered with JSON: reading a task, its thread or a canvas, stopping a task. */
export interface PlainRequest extends Pick<SendRequest, 'url' | 'headers' | 'fetch'> {
  /** @defaultValue 'GET' */
  readonly method?: 'GET' | 'POST' | undefined
  /** Ends the request; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  readonly phase: WorkflowErrorPhase & ('read' | 'stop')
}

/** Answers the JSON that the service sent, not decoded; rejects with a `WorkflowError` or the signal's reason. */
export async function readJson({ method = 'GET', signal, phase, ...request }: PlainRequest): Promise<unknown> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  const onTimeout = (): void => controller.abort(new WorkflowError('network', phase, 'The service gave no answer within 30 s'))
  signal?.addEventListener('abort', onAbort)
  const timer = setTimeout(onTimeout, maxMs)
  try {
    return await Promise.race([ask({ ...request, method, signal: controller.signal }, phase), rejectOnAbort(controller.signal)])
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function ask(request: SendRequest, phase: WorkflowErrorPhase): Promise<unknown> {
  const response = await send(request, phase)
  let text: string
  try {
    text = await response.text()
  } catch (cause) {
    throw new WorkflowError('network', phase, 'The answer broke off', { status: response.status, cause })
  }
  try {
    return JSON.parse(text)
  } catch {
    // The parser's own error quotes the text, which may hold what nobody should log.
    throw new WorkflowError('http_error', phase, `The service answered ${response.status} without JSON`, { status: response.status })
  }
}

/** A `fetch` of the user may not listen to its signal. */
function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error))
  })
}
