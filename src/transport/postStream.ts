import { fetchEventSource } from '@microsoft/fetch-event-source'
import { WorkflowError } from '../errors.ts'
import { alignChunks } from './alignChunks.ts'
import { openBody } from './openBody.ts'
import type { Transport } from './transport.ts'

/**
 * Sends and reads with fetch-event-source, and keeps it from deciding anything.
 *
 * Left to itself the library repeats the POST after a failure, when a tab is shown again and when the server says
 * `retry:`, and reaches for `document` and `window` when a request ends. So it never learns of an end: our promise
 * settles within the functions that the library waits for, and from then on they keep it waiting. Nothing else
 * refers to what it waits for, so all of it is collected together.
 */
export const fetchEventSourceTransport: Transport = (request, onMessage) =>
  new Promise((resolve, reject) => {
    const { signal, url } = request
    signal.throwIfAborted()
    const controller = new AbortController()
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    let isSent = false
    let isOver = false

    const settle = (failure?: { readonly reason: unknown }): void => {
      if (isOver) return
      isOver = true
      signal.removeEventListener('abort', onAbort)
      if (failure) reject(failure.reason)
      else resolve()
    }
    /** Settles, and ends what may be left of the request. */
    const leave = (failure?: { readonly reason: unknown }): void => {
      settle(failure)
      controller.abort()
      // A `fetch` of the user may not listen to its signal.
      reader?.cancel().catch(() => undefined)
    }
    const onAbort = (): void => leave(signal)
    const fail = (cause: unknown): void => {
      if (cause instanceof WorkflowError) leave({ reason: cause })
      else leave({ reason: new WorkflowError('network', 'stream', 'The stream broke off', { mayHaveStarted: true, cause }) })
    }

    /** Answers the library, or keeps it waiting. */
    const answer = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
      try {
        const value = await work()
        if (!isOver) return value
      } catch (cause) {
        fail(cause)
      }
      return forever()
    }

    const open = async (): Promise<Response> => {
      isSent = true
      reader = (await openBody({ ...request, signal: controller.signal })).getReader()
      // Left while the answer was on its way.
      if (isOver) leave()
      const chunks = alignChunks(reader)
      let isLast = false
      const read: typeof chunks.read = async () => {
        const chunk = await chunks.read()
        if (!chunk.done) return chunk
        if (isLast) settle()
        isLast = true
        // A last frame without the blank line that ends it is delivered all the same.
        return { done: false, value: Uint8Array.of(10, 10) }
      }
      // All that the library calls; a Response of the lines would cost one more stream.
      return { body: { getReader: () => ({ read: () => answer(read) }) } } as Response
    }

    signal.addEventListener('abort', onAbort)
    fetchEventSource(url, {
      openWhenHidden: true,
      // One submit is one POST, whatever the library is up to.
      fetch: () => (isSent ? forever() : answer(open)),
      onopen: () => Promise.resolve(),
      onmessage({ data, id, event }) {
        // It calls this for comments and blank lines too, and for the rest of the chunk after we left.
        if (isOver || !data) return
        if (data === '[DONE]') leave()
        else
          try {
            onMessage({ data, id: id || undefined, event: event || undefined })
          } catch (reason) {
            leave({ reason })
          }
      },
      onerror(error) {
        fail(error)
        throw error
      },
    }).catch(fail)
  })

/** Another promise each time: one for all would keep everything in memory that ever waited for it. */
const forever = (): Promise<never> => new Promise(() => undefined)
