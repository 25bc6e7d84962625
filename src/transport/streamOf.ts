import { WorkflowError, type WorkflowErrorPhase } from '../errors.ts'
import { decodeMessage } from '../protocol/decodeEvent.ts'

/** The event stream in a 2xx answer, or the text of a task that came as JSON in its place; else `not_event_stream`. */
export async function streamOf(response: Response, phase: WorkflowErrorPhase): Promise<ReadableStream<Uint8Array> | string> {
  const { body, headers, status } = response
  const type = headers.get('content-type')?.toLowerCase().split(/[;\s]/)[0] ?? ''
  if (body && type === 'text/event-stream') return body
  if (/[/+]json$/.test(type)) {
    const text = await response.text()
    const event = decodeMessage(text)
    // The vendor's OpenAPI file promises JSON: a task record, which says all that there is.
    if ('task' in event && event.task.id && event.task.status) return text
  }
  const message = `The service answered ${status} with ${type || 'nothing'} in place of an event stream`
  throw new WorkflowError('not_event_stream', phase, message, { status, mayHaveStarted: phase === 'submit' })
}
