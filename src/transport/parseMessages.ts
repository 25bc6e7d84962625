import type { Message } from './transport.ts'

/**
 * Answers a function that takes the body of an event stream chunk by chunk, cut anywhere, and answers the messages
 * that each chunk completes, by the rules of https://html.spec.whatwg.org/multipage/server-sent-events.html. An id is
 * that of its own frame only, and `retry` is ignored.
 */
export function createMessageParser(): (chunk: Uint8Array) => Message[] {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
  // Passed over where the next text begins with it: the mark of the byte order, and the LF of a CRLF that was cut.
  let skipped: string | undefined = '\uFEFF'
  // The start of a line whose end was not seen. No line end is a part of a character, so each character is decoded whole.
  let held: Uint8Array[] = []
  let messages: Message[]
  let data: string | undefined
  let id: string | undefined
  let event: string | undefined

  const readLine = (line: string): void => {
    if (!line) {
      if (data !== undefined) messages.push({ data, id, event })
      data = id = event = undefined
      return
    }
    // Without one, a number beyond the end of any line.
    const colon = line.indexOf(':') >>> 0
    const value = line.slice(colon + (line[colon + 1] === ' ' ? 2 : 1))
    switch (line.slice(0, colon)) {
      case 'data':
        data = data === undefined ? value : data + '\n' + value
        break
      case 'event':
        event = value
        break
      case 'id':
        // Copied: ids are kept for long, and engines make a slice keep the whole chunk that it comes from.
        if (!value.includes('\0')) id = ` ${value}`.slice(1)
    }
  }

  return (chunk) => {
    messages = []
    const lf = chunk.lastIndexOf(10)
    const end = (chunk.indexOf(13, lf + 1) < 0 ? lf : chunk.lastIndexOf(13)) + 1
    held.push(chunk.subarray(0, end || chunk.length))
    if (end) {
      let text = decoder.decode(join(held))
      held = [chunk.subarray(end)]
      let start = Number(text[0] === skipped)
      skipped = text.endsWith('\r') ? '\n' : undefined
      text = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
      for (let stop; (stop = text.indexOf('\n', start)) >= 0; start = stop + 1) readLine(text.slice(start, stop))
    }
    return messages
  }
}

function join(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
