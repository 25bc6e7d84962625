import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { fetchEventSourceTransport } from '../../src/transport/postStream.ts'
import type { Message, Transport } from '../../src/transport/transport.ts'
import { readerTransport } from './readerTransport.ts'

/** What a stream may hold, and the message that is expected of it. */
interface Frame {
  readonly lines: readonly string[]
  readonly lineEnd: string
  readonly message: Message | undefined
}

const lineEnd = fc.constantFrom('\n', '\r\n', '\r')
// Pretty-printed JSON has many lines, and escapes what would end one.
const payload = fc.tuple(fc.jsonValue({ maxDepth: 2, stringUnit: 'binary' }), fc.constantFrom(0, 2)).map(([value, indent]) => JSON.stringify({ value, ü: '漢字🙂' }, null, indent))
const word = fc.stringMatching(/^[a-z0-9.-]{1,6}$/)

const dataFrame = fc
  .record({ payload, lineEnd, id: fc.option(word, { nil: undefined }), event: fc.option(word, { nil: undefined }), space: fc.constantFrom('', ' ') })
  .map(({ payload, lineEnd, id, event, space }): Frame => ({
    lineEnd,
    lines: [
      ...(id ? [`id:${space}${id}`] : []),
      ...(event ? [`event:${space}${event}`] : []),
      // Without the space after the colon, a line's own first space would be taken for it.
      ...payload.split('\n').map((line) => `data: ${line}`),
      '',
    ],
    message: { data: payload, id, event },
  }))
const quietFrame = fc
  .record({ lineEnd, lines: fc.constantFrom([': ping', ''], [':'], [''], ['event: ping', ''], ['retry: 0', ''], ['unknown: x', 'colonless', '']) })
  .map((frame): Frame => ({ ...frame, message: undefined }))
const stream = fc.array(fc.oneof({ weight: 2, arbitrary: dataFrame }, quietFrame), { minLength: 1, maxLength: 4 })

const encode = (frames: readonly Frame[]): Uint8Array =>
  new TextEncoder().encode(frames.map(({ lines, lineEnd }) => lines.map((line) => line + lineEnd).join('')).join(''))

async function messagesOf(transport: Transport, chunks: readonly Uint8Array[]): Promise<Message[]> {
  const messages: Message[] = []
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk)
      controller.close()
    },
  })
  const fetch = async (): Promise<Response> => new Response(body, { headers: { 'content-type': 'text/event-stream' } })
  const { signal } = new AbortController()
  await transport({ url: 'https://service.test', method: 'POST', headers: {}, body: '', signal, fetch }, (message) => messages.push(message))
  return messages
}

describe.each([
  ['fetchEventSourceTransport', fetchEventSourceTransport],
  ['readerTransport', readerTransport],
])('%s', (_, transport) => {
  it('hands on the same messages wherever the bytes are split', async () => {
    await fc.assert(
      fc.asyncProperty(stream, async (frames) => {
        const bytes = encode(frames)
        const expected = frames.flatMap(({ message }) => message ?? [])

        expect(await messagesOf(transport, [bytes])).toEqual(expected)
        expect(await messagesOf(transport, Array.from(bytes, (byte) => Uint8Array.of(byte)))).toEqual(expected)
        for (let at = 0; at <= bytes.length; at += 1) {
          const messages = await messagesOf(transport, [bytes.subarray(0, at), bytes.subarray(at)])
          expect(messages, `split at ${at}`).toEqual(expected)
        }
      }),
      { numRuns: 15 },
    )
  }, 30_000)
})
