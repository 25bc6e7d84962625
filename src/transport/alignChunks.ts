/** What reads a body chunk by chunk. */
export type ChunkReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read'>

/**
 * A reader of the same bytes whose chunks end where a line ends; what comes after the last line end waits for the
 * rest of its line. fetch-event-source copies an unfinished line again with every chunk that adds to it, which is
 * quadratic; here each byte is copied at most once.
 */
export function alignChunks(reader: ChunkReader): ChunkReader {
  // Pieces of a line whose end was not seen yet.
  let rest: Uint8Array[] = []

  return {
    async read() {
      for (;;) {
        const { done, value } = await reader.read()
        if (done) {
          if (rest.length === 0) return { done, value }
          const last = join(rest)
          rest = []
          return { done: false, value: last }
        }
        const end = endOfLines(value)
        if (end === 0) {
          // An empty chunk would pass for a finished line.
          if (value.length > 0) rest.push(value)
          continue
        }
        const lines = join([...rest, value.subarray(0, end)])
        rest = end < value.length ? [value.subarray(end)] : []
        return { done: false, value: lines }
      }
    },
  }
}

/**
 * Where the last line of the chunk ends, 0 when none does. A CR ends one even as the last byte: whether an LF
 * belongs to it is for the parser to tell, which sees it at the start of the next chunk.
 */
function endOfLines(chunk: Uint8Array): number {
  let end = chunk.length
  while (end > 0 && chunk[end - 1] !== 10 && chunk[end - 1] !== 13) end -= 1
  return end
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first !== undefined && pieces.length === 1) return first
  const joined = new Uint8Array(pieces.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
