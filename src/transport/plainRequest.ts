import { WorkflowError, type WorkflowErrorPhase } from '../errors.ts'
import { hide } from '../protocol/secrets.ts'
import { failureOf, send, type SendRequest } from './send.ts'

const maxMs = 30_000

/** A request without a body that is answered with JSON: reading a task, its thread or a canvas, stopping a task. */
export interface PlainRequest extends Pick<SendRequest, 'url' | 'headers' | 'fetch'> {
  /** @defaultValue 'GET' */
  readonly method?: 'GET' | 'POST' | undefined
  /** Ends the request; the promise then rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined
  /** What the answer must not show. */
  readonly hidden?: readonly string[] | undefined
  readonly phase: WorkflowErrorPhase & ('read' | 'recover' | 'stop')
}

/** Answers the JSON that the service sent, not decoded; rejects with a `WorkflowError` or the signal's reason. */
export async function readJson({ method = 'GET', signal, phase, hidden = [], ...request }: PlainRequest): Promise<unknown> {
  signal?.throwIfAborted()
  const controller = new AbortController()
  const onAbort = (): void => controller.abort(signal?.reason)
  const timer = setTimeout(() => controller.abort(failureOf(`no answer in ${maxMs} ms`, phase)), maxMs)
  signal?.addEventListener('abort', onAbort)
  try {
    return await new Promise((resolve, reject) => {
      // Not left to `fetch`: one of the user may not listen to its signal.
      controller.signal.addEventListener('abort', () => reject(controller.signal.reason as Error))
      ask({ ...request, method, signal: controller.signal }, phase, hidden).then(resolve, reject)
    })
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', onAbort)
  }
}

async function ask(request: SendRequest, phase: WorkflowErrorPhase, hidden: readonly string[]): Promise<unknown> {
  let status: number | undefined
  try {
    const response = await send(request, phase)
    status = response.status
    return JSON.parse(hide(await response.text(), hidden))
  } catch (cause) {
    if ((cause as Error).name !== 'SyntaxError') throw failureOf(cause, phase)
    // Without the parser's error, which quotes the text: nobody knows what it holds.
    throw new WorkflowError('http_error', phase, `The service answered ${status} without JSON`, { status })
  }
}
