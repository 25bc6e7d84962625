import { WorkflowError, type WorkflowErrorPhase } from '../errors.ts'
import { hide } from '../protocol/secrets.ts'
import { failureOf, send, type SendRequest } from './send.ts'

/** A request without a body that is answered with JSON: reading a task, its thread or a canvas, stopping a task. */
export interface PlainRequest extends Omit<SendRequest, 'body'> {
  /** What the answer must not show. */
  readonly hidden?: readonly string[] | undefined
  readonly phase: WorkflowErrorPhase & ('read' | 'recover' | 'stop')
}

/** Answers the JSON that the service sent, not decoded; rejects with a `WorkflowError` or the signal's reason. */
export async function readJson({ hidden = [], phase, ...request }: PlainRequest): Promise<unknown> {
  const { signal } = request
  let status: number | undefined
  try {
    signal.throwIfAborted()
    const response = await send(request, phase)
    status = response.status
    return JSON.parse(hide(await response.text(), hidden))
  } catch (cause) {
    signal.throwIfAborted()
    if (!(cause instanceof SyntaxError)) throw failureOf(cause, phase)
    // Without the parser's error, which quotes the text: nobody knows what it holds.
    throw new WorkflowError('http_error', phase, `The service answered ${status} without JSON`, { status })
  }
}
