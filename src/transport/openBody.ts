import { WorkflowError } from '../errors.ts'
import { decodeMessage } from '../protocol/decodeEvent.ts'
import { send } from './send.ts'
import type { TransportRequest } from './transport.ts'

/** Sends the request and answers the event stream; rejects when what came is none. */
export async function openBody(request: TransportRequest): Promise<ReadableStream<Uint8Array>> {
  const response = await send(request, 'submit')
  const { body, headers, status } = response
  const type = /^[^;\s]*/.exec(headers.get('content-type') ?? '')?.[0].toLowerCase() ?? ''
  if (type === 'text/event-stream' && body) return body
  if (/[/+]json$/.test(type)) {
    const text = await response.text()
    if (holdsTask(text)) return new Blob([`data: ${text.replace(/\r\n?|\n/g, '\ndata: ')}\n\n`]).stream()
  }
  const message = `The service answered ${status} with ${type.slice(0, 100) || 'nothing'} in place of an event stream`
  throw new WorkflowError('not_event_stream', 'submit', message, {
    status,
    mayHaveStarted: true,
    requestId: headers.get('x-request-id') ?? undefined,
  })
}

/** The vendor's OpenAPI file promises JSON in place of a stream: a task record, which then says all that there is. */
function holdsTask(text: string): boolean {
  const event = decodeMessage(text)
  return 'task' in event && event.task.id !== undefined && event.task.status !== undefined
}
