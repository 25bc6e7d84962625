import { fetchEventSource } from '@microsoft/fetch-event-source'
import { createMessageParser } from './parseMessages.ts'
import { failureOf, send } from './send.ts'
import { streamOf } from './streamOf.ts'
import type { Message, Transport } from './transport.ts'

/**
 * Sends and reads with fetch-event-source, and keeps it from deciding anything.
 *
 * It also copies an unfinished line again with each chunk that adds to it, which is quadratic, and decodes each field
 * of each line by itself. So we parse what it reads, and it gets one small frame for each chunk that completes messages.
 *
 * Left to itself the library repeats the POST after a failure, when a tab is shown again and when the server says
 * `retry:`, and reaches for `document` and `window` when a request ends. So it never learns of an end: our promise
 * settles within the functions that the library waits for, and from then on they keep it waiting. Nothing else
 * refers to what it waits for, so all of it is collected together.
 */
export const fetchEventSourceTransport: Transport = (request, onMessage) =>
  new Promise((resolve, reject) => {
    const { signal, url, onBytes, phase: started = 'submit', ...rest } = request
    signal.throwIfAborted()
    const controller = new AbortController()
    let reader: ReadableStreamDefaultReader<Uint8Array> | undefined
    let phase: 'submit' | 'recover' | 'stream' = started
    let isSent = false
    let isOver = false
    // What the last chunk completed, until the library calls for it.
    let messages: Message[] = []

    const settle = (outcome: () => void): void => {
      isOver = true
      signal.removeEventListener('abort', onAbort)
      outcome()
    }

    /** Settles before the body has ended, and ends it. */
    const leave = (outcome: () => void): void => {
      settle(outcome)
      controller.abort()
      // A `fetch` of the user may not listen to its signal.
      reader?.cancel().catch(() => undefined)
    }

    const onAbort = (): void => leave(() => reject(signal.reason as Error))
    const fail = (cause: unknown): void => leave(() => reject(failureOf(cause, phase)))

    /** Answers the library as long as we are not over. */
    const answer = <Answer>(work: Promise<Answer>): Promise<Answer> =>
      new Promise((answerWith) => {
        work.then((value) => isOver || answerWith(value), fail)
      })

    const hand = (message: Message): void => {
      if (isOver || !message.data) return
      if (message.data === '[DONE]') return leave(resolve)
      try {
        onMessage(message)
      } catch (error) {
        leave(() => reject(error))
      }
    }

    const open = async (): Promise<Response> => {
      isSent = true
      const response = await send({ ...rest, url, signal: controller.signal }, phase)
      phase = 'stream'
      const body = await streamOf(response, started)
      if (typeof body === 'string') {
        hand({ data: body })
        settle(resolve)
        // Nobody waits for it any more.
        return response
      }
      const chunks = (reader = body.getReader())
      // Left while the answer was on its way.
      if (isOver) leave(resolve)
      const parse = createMessageParser()
      // What the library parses in place of a chunk that completed messages, so that it calls for them.
      const frame = { value: new TextEncoder().encode('data:1\n\n') } as const
      const read = async (): Promise<typeof frame> => {
        let chunk
        do {
          chunk = await chunks.read()
          onBytes?.()
          // Two LF at the end: a last frame is delivered even without the blank line that ends it.
          messages = parse(chunk.value ?? Uint8Array.of(10, 10))
          // One with an id may have broken off, and who numbers frames can tell it again, whole.
          if (chunk.done) messages = messages.filter(({ id }) => id === undefined)
        } while (!messages[0] && !chunk.done)
        if (!messages[0]) settle(resolve)
        return frame
      }
      // All that the library calls; a Response made of the markers would cost one more stream.
      return { body: { getReader: () => ({ read: () => answer(read()) }) } } as Response
    }

    signal.addEventListener('abort', onAbort)
    fetchEventSource(url, {
      openWhenHidden: true,
      // One submit is one POST, whatever the library is up to.
      fetch: () => answer(isSent ? new Promise<never>(() => undefined) : open()),
      onopen: () => Promise.resolve(),
      onmessage: () => messages.splice(0).forEach(hand),
      onerror(error) {
        fail(error)
        throw error
      },
    }).catch(fail)
  })
