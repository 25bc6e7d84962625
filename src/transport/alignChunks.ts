/** What reads a body chunk by chunk. */
export type ChunkReader = Pick<ReadableStreamDefaultReader<Uint8Array>, 'read'>

/**
 * A reader of the same bytes whose chunks end where a line ends; what comes after the last line end waits for the
 * rest of its line. `tail` is appended at the end of the body.
 *
 * fetch-event-source copies an unfinished line again with each chunk that adds to it, which is quadratic. Here a
 * byte is copied once at most, and not at all when its chunk holds whole lines.
 */
export function alignChunks(reader: ChunkReader, tail: Uint8Array): ChunkReader {
  // Pieces of a line whose end was not seen yet.
  let rest: Uint8Array[] = []
  let isOver = false

  return {
    async read() {
      while (!isOver) {
        const { done, value = tail } = await reader.read()
        isOver = done
        const end = done ? value.length : endOfLines(value)
        rest.push(value.subarray(0, end || value.length))
        if (!end && !done) continue
        const lines = join(rest)
        rest = [value.subarray(end)]
        return { done: false, value: lines }
      }
      return { done: true, value: undefined }
    },
  }
}

/**
 * Where the last line of the chunk ends, 0 when none does. A CR ends one even as the last byte: whether an LF
 * belongs to it is for the parser to tell, which sees it at the start of the next chunk.
 */
function endOfLines(chunk: Uint8Array): number {
  const end = chunk.lastIndexOf(10) + 1
  return end + chunk.subarray(end).lastIndexOf(13) + 1
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const filled = pieces.filter((piece) => piece.length > 0)
  const [first] = filled
  if (first && filled.length === 1) return first
  const joined = new Uint8Array(filled.reduce((length, piece) => length + piece.length, 0))
  let at = 0
  for (const piece of filled) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}
