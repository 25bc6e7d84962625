import { createParser } from 'eventsource-parser'

export interface ReadFrame {
  readonly type: string
  readonly task_id: string
  readonly organization_id: string
  readonly time: string
  readonly data: unknown
}

/** The fields of a frame whose data is an object. */
export type Fields = Readonly<Record<string, unknown>>

/** Parses an event stream with a parser that is not ours. */
export function parseFrames(text: string): readonly ReadFrame[] {
  return parseEvents(text).map(({ data }) => JSON.parse(data) as ReadFrame)
}

/** The events with their ids, data as text. */
export function parseEvents(text: string): readonly { readonly id: string | undefined; readonly data: string }[] {
  const events: { readonly id: string | undefined; readonly data: string }[] = []
  const parser = createParser({ onEvent: ({ id, data }) => events.push({ id, data }) })
  parser.feed(text)
  return events
}

/** Reads a response to its end and parses it. */
export const readFrames = async (response: Response): Promise<readonly ReadFrame[]> => parseFrames(await response.text())

/** Reads a body as far as it comes: its pieces as text, and what it broke with. */
export async function readPieces(response: Response): Promise<{ readonly pieces: readonly string[]; readonly error: unknown }> {
  const decoder = new TextDecoder()
  const pieces: string[] = []
  try {
    const reader = response.body!.getReader()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { pieces, error: undefined }
      pieces.push(decoder.decode(value, { stream: true }))
    }
  } catch (error) {
    return { pieces, error }
  }
}

/** The data of the last frame of a type. */
export function lastData(frames: readonly ReadFrame[], type: string): Fields {
  const frame = frames.filter((candidate) => candidate.type === type).at(-1)
  if (!frame) throw new Error(`no ${type} among ${frames.map((candidate) => candidate.type).join(', ')}`)
  return frame.data as Fields
}

/** The chunks of one task, put together. */
export const textOf = (frames: readonly ReadFrame[], taskId = frames[0]?.task_id): string =>
  frames
    .filter((frame) => frame.type === 'chunk' && frame.task_id === taskId)
    .map((frame) => frame.data as string)
    .join('')

/** Options of a POST with a JSON body. */
export const post = (body: unknown, headers: Readonly<Record<string, string>> = {}): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
})
