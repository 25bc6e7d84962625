/**
 * Frames as the text of an event stream. A string among them goes out as it is, so that a test can send what is no JSON.
 *
 * @example
 * new Response(toSse([taskCreated(), chunk('Hel'), chunk('lo'), taskFinished()]), { headers: { 'content-type': 'text/event-stream' } })
 */
export function toSse(frames: readonly (object | string)[], options: { readonly ids?: boolean } = {}): string {
  return frames.map((frame, index) => toSseFrame(frame, options.ids === true ? index + 1 : undefined)).join('')
}

/** One frame of an event stream. */
export function toSseFrame(frame: object | string, id?: number): string {
  const data = typeof frame === 'string' ? frame : JSON.stringify(frame)
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `${id === undefined ? '' : `id: ${id}\n`}${lines.join('')}\n`
}
