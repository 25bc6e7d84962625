import { createParser } from 'eventsource-parser'

export interface ReadFrame {
  readonly type: string
  readonly task_id: string
  readonly organization_id: string
  readonly time: string
  readonly data: unknown
}

/** Parses an event stream with a parser that is not ours. */
export function parseFrames(text: string): readonly ReadFrame[] {
  return parseEvents(text).map(({ data }) => JSON.parse(data) as ReadFrame)
}

/** The events with their ids, data as text. */
export function parseEvents(text: string): readonly { readonly id: string | undefined; readonly data: string }[] {
  const events: { readonly id: string | undefined; readonly data: string }[] = []
  const parser = createParser({ onEvent: ({ id, data }) => events.push({ id, data }) })
  parser.feed(text)
  parser.reset({ consume: true })
  return events
}

/** Reads a response to its end and parses it. */
export const readFrames = async (response: Response): Promise<readonly ReadFrame[]> => parseFrames(await response.text())

/** Options of a POST with a JSON body. */
export const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
