import type { Message } from './transport.ts'

/**
 * Answers a function that takes the body of an event stream chunk by chunk, cut anywhere, and answers the messages
 * that each chunk completes, by the rules of https://html.spec.whatwg.org/multipage/server-sent-events.html. An id is
 * that of its own frame only, and `retry` is ignored.
 */
export function createMessageParser(): (chunk: Uint8Array) => Message[] {
  const decoder = new TextDecoder()
  // Passed over where the next text begins with it: the LF of a CRLF that was cut.
  let skipped: string | undefined
  // The start of one whose end was not seen. Engines put such a sum together once, when the line is read.
  let line = ''
  let messages: Message[]
  let data: string | undefined
  let id: string | undefined
  let event: string | undefined

  const readLine = (): void => {
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
    let text = decoder.decode(chunk, { stream: true })
    if (text) {
      let start = Number(text[0] === skipped)
      skipped = text.endsWith('\r') ? '\n' : undefined
      text = text.replaceAll('\r\n', '\n').replaceAll('\r', '\n')
      for (let end; (end = text.indexOf('\n', start)) >= 0; start = end + 1) {
        line += text.slice(start, end)
        readLine()
        line = ''
      }
      line += text.slice(start)
    }
    return messages
  }
}
