import { createParser, type EventSourceMessage } from 'eventsource-parser'
import fc from 'fast-check'
import { describe, expect, it, vi } from 'vitest'
import { createMessageParser } from '../../src/transport/parseMessages.ts'
import type { Message } from '../../src/transport/transport.ts'

const encoder = new TextEncoder()

function messagesOf(...chunks: readonly (string | Uint8Array)[]): Message[] {
  const parse = createMessageParser()
  return chunks.flatMap((chunk) => parse(typeof chunk === 'string' ? encoder.encode(chunk) : chunk))
}

/** The bytes one by one, and cut in two at every place. */
function cutsOf(bytes: Uint8Array): Uint8Array[][] {
  const halves = Array.from(bytes, (_, at) => [bytes.subarray(0, at), new Uint8Array(), bytes.subarray(at)])
  return [Array.from(bytes, (byte) => Uint8Array.of(byte)), ...halves]
}

describe('createMessageParser', () => {
  it.each<[string, string, readonly Message[]]>([
    ['ends a message at a blank line', 'data: a\n\ndata: b\n\n', [{ data: 'a' }, { data: 'b' }]],
    ['takes CRLF for a line end', 'data: a\r\n\r\ndata: b\r\n\r\n', [{ data: 'a' }, { data: 'b' }]],
    ['takes CR for a line end', 'data: a\r\rdata: b\r\r', [{ data: 'a' }, { data: 'b' }]],
    ['takes all three in one stream', 'data: a\r\ndata: b\rdata: c\n\r\ndata: d\n\r', [{ data: 'a\nb\nc' }, { data: 'd' }]],
    ['takes LF CR for two line ends', 'data: a\n\rdata: b\r\r', [{ data: 'a' }, { data: 'b' }]],
    ['joins the data of several lines', 'data: a\ndata: b\n\n', [{ data: 'a\nb' }]],
    ['keeps a first line of data that is empty', 'data:\ndata: b\n\n', [{ data: '\nb' }]],
    ['keeps lines of data that are empty', 'data\ndata\n\n', [{ data: '\n' }]],
    ['hands on data that is empty', 'data:\n\ndata\n\ndata: \n\n', [{ data: '' }, { data: '' }, { data: '' }]],
    ['takes one space after the colon away', 'data:a\n\ndata:  b\n\ndata: c \n\n', [{ data: 'a' }, { data: ' b' }, { data: 'c ' }]],
    ['takes no tab away', 'data:\ta\n\n', [{ data: '\ta' }]],
    ['keeps colons of the value', 'data: a: b:\n\ndata::\n\n', [{ data: 'a: b:' }, { data: ':' }]],
    ['passes over comments', ': data: x\n:\ndata: a\n:data: y\n\n: ping\n\n', [{ data: 'a' }]],
    ['makes nothing of blank lines', '\n\n\ndata: a\n\n\n\n', [{ data: 'a' }]],
    ['makes nothing of a frame without data', 'event: x\nid: 1\n\nretry: 1\n\ndata: a\n\n', [{ data: 'a' }]],
    ['passes over unknown fields', 'datax: x\ndat: x\n data: x\nData: x\nnothing\nretry: 0\ndata: a\n\n', [{ data: 'a' }]],
    ['reads a field without a colon as empty', 'event: x\nevent\nid: 1\nid\ndata\n\n', [{ data: '', id: '', event: '' }]],
    ['reads id and event in any order', 'data: a\nid: 1\nevent: x\n\nevent:y\nid:2\ndata:b\n\n', [{ data: 'a', id: '1', event: 'x' }, { data: 'b', id: '2', event: 'y' }]],
    ['takes the last id and event', 'id: 1\nid: 2\nevent: x\nevent: y\ndata: a\n\n', [{ data: 'a', id: '2', event: 'y' }]],
    ['leaves an id with its own frame', 'id: 1\nevent: x\ndata: a\n\ndata: b\n\n', [{ data: 'a', id: '1', event: 'x' }, { data: 'b' }]],
    ['passes over an id with NUL', 'id: 1\nid: 2\0\ndata: a\0\n\n', [{ data: 'a\0', id: '1' }]],
    ['keeps a long id', `id: ${'1234'.repeat(9)}\ndata: a\n\n`, [{ data: 'a', id: '1234'.repeat(9) }]],
    ['passes over a byte order mark at the start', '\uFEFFdata: a\n\n', [{ data: 'a' }]],
    ['passes over one such mark only', '\uFEFF\uFEFFdata: x\n\ndata: a\n\n', [{ data: 'a' }]],
    ['keeps such a mark anywhere else', 'data: a\n\n\uFEFFdata: x\n\ndata: \uFEFFb\n\ndata:\uFEFF\n\n', [{ data: 'a' }, { data: '\uFEFFb' }, { data: '\uFEFF' }]],
    ['keeps characters of many bytes', 'data: ü漢🙂\u2028\x85\v\f\n\n', [{ data: 'ü漢🙂\u2028\x85\v\f' }]],
    ['waits for the end of a message', 'data: a\n\ndata: b\n', [{ data: 'a' }]],
  ])('%s, wherever it is cut', (_, text, expected) => {
    const bytes = encoder.encode(text)
    const messages = messagesOf(bytes)

    expect(messages).toEqual(expected)
    for (const chunks of cutsOf(bytes)) expect(messagesOf(...chunks)).toEqual(expected)
  })

  it.each(['data: a', 'data: a\n', 'data: a\r', 'data: a\r\n', 'data: a\n\n', 'data: a\r\r'])('completes a message that ends as %j with two LF', (text) => {
    expect(messagesOf(text, '\n\n')).toEqual([{ data: 'a' }])
  })

  it('answers a message with the chunk that completes it, also when that ends in CR', () => {
    const parse = createMessageParser()

    const answers = ['data: a', '\n', '\ndata: b\r\r', '\ndata: c\n\nda', ''].map((chunk) => parse(encoder.encode(chunk)).map(({ data }) => data))

    expect(answers).toEqual([[], [], ['a', 'b'], ['c'], []])
  })

  it('replaces bytes that are no UTF-8', () => {
    expect(messagesOf(Uint8Array.of(...encoder.encode('data: '), 0xff, 0xe6, 0xbc), '\n\n')).toEqual([{ data: '\uFFFD\uFFFD' }])
  })

  it('decodes each byte once, however many chunks a line comes in', () => {
    const piece = encoder.encode('x'.repeat(1000))
    const decode = vi.spyOn(TextDecoder.prototype, 'decode')
    const parse = createMessageParser()
    parse(encoder.encode('data: '))

    for (let count = 0; count < 100; count += 1) parse(piece)
    const messages = parse(encoder.encode('\n\n'))
    const lengths = decode.mock.calls.map(([bytes]) => bytes?.byteLength)
    decode.mockRestore()

    expect(lengths).toEqual(['data: '.length + 100_000 + 2])
    expect(messages).toEqual([{ data: 'x'.repeat(100_000) }])
  })

  const part = fc.constantFrom('data', 'id', 'event', 'retry', 'x', ':', ': ', '\n', '\r', '\r\n', '\n\n', 'data: ', 'data:a\n\n', 'ü', '漢', '🙂', '\0', '\uFEFF', ' ')

  it('answers the same messages wherever the bytes are cut', () => {
    const bytes = fc.array(fc.oneof({ weight: 8, arbitrary: part.map((text) => [...encoder.encode(text)]) }, fc.nat(255).map((byte) => [byte])), { maxLength: 40 })
    fc.assert(
      fc.property(bytes.map((lists) => Uint8Array.from(lists.flat())), fc.array(fc.nat(80), { maxLength: 8 }), (all, cuts) => {
        const edges = [0, ...cuts.map((cut) => cut % (all.length + 1)).sort((one, other) => one - other), all.length]
        const chunks = edges.slice(1).map((edge, index) => all.subarray(edges[index], edge))

        const whole = messagesOf(all, '\n\n')

        expect(messagesOf(...chunks, '\n\n')).toEqual(whole)
        for (const cut of cutsOf(all)) expect(messagesOf(...cut, '\n\n')).toEqual(whole)
      }),
      { numRuns: 300 },
    )
  })

  it('agrees with another parser', () => {
    fc.assert(
      // An id with NUL that parser leaves to its caller, and a mark at the start to the decoder.
      fc.property(fc.array(part.filter((text) => text !== '\0'), { maxLength: 60 }), (parts) => {
        const text = `data: start\n\n${parts.join('')}\n\n`
        const expected: EventSourceMessage[] = []
        createParser({ onEvent: (message) => expected.push(message) }).feed(text)

        const messages = messagesOf(text)

        expect(messages.map(({ data, id, event }) => ({ data, id, event: event || undefined }))).toEqual(
          expected.map(({ data, id, event }) => ({ data, id, event })),
        )
      }),
      { numRuns: 1000 },
    )
  })
})
