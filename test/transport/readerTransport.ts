import { createParser } from 'eventsource-parser'
import { failureOf, send } from '../../src/transport/send.ts'
import { streamOf } from '../../src/transport/streamOf.ts'
import type { Message, Transport } from '../../src/transport/transport.ts'

/**
 * A second transport: a plain loop over the body and another parser, so that nothing above the seam can lean on
 * what only fetch-event-source does.
 */
export const readerTransport: Transport = async (request, onMessage) => {
  const { signal } = request
  signal.throwIfAborted()
  const controller = new AbortController()
  const onAbort = (): void => controller.abort()
  signal.addEventListener('abort', onAbort)
  let phase: 'submit' | 'stream' = 'submit'
  let thrown: { readonly error: unknown } | undefined
  let isOver = false

  const hand = (message: Message): void => {
    if (isOver || signal.aborted || !message.data) return
    isOver = message.data === '[DONE]'
    if (isOver) return
    try {
      onMessage(message)
    } catch (error) {
      thrown = { error }
      isOver = true
    }
  }

  try {
    const response = await send({ ...request, signal: controller.signal }, phase)
    phase = 'stream'
    const body = await streamOf(response, 'submit')
    if (typeof body === 'string') hand({ data: body })
    else {
      const reader = body.getReader()
      const decoder = new TextDecoder()
      const parser = createParser({ onEvent: ({ data, id, event }) => hand({ data, id: id || undefined, event: event || undefined }) })
      while (!isOver && !signal.aborted) {
        const { done, value } = await reader.read()
        parser.feed(done ? '\n\n' : decoder.decode(value, { stream: true }))
        if (done) break
      }
    }
  } catch (cause) {
    signal.throwIfAborted()
    throw failureOf(cause, phase)
  } finally {
    signal.removeEventListener('abort', onAbort)
    if (isOver || signal.aborted) controller.abort()
  }
  if (thrown) throw thrown.error
  signal.throwIfAborted()
}
