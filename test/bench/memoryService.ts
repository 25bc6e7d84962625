/** A service in memory, so that the network is no part of what is measured. */
export interface MemoryService {
  readonly fetch: typeof globalThis.fetch
  /** When the reader asked for the piece at each position, that is, was done with those before; in milliseconds. */
  readonly askedAt: readonly number[]
  /** Resolves when all pieces were read. */
  readonly isRead: Promise<void>
}

export interface MemoryServiceOptions {
  /** Nodes that `GET .../nodes` answers. @defaultValue none */
  readonly nodes?: readonly object[]
  /** Leaves the body open when all was read. */
  readonly staysOpen?: boolean
  /** Keeps `askedAt`. */
  readonly isTimed?: boolean
}

/** Answers every POST with these pieces, each in a task of its own, as a network has it: frames and timers come between them. */
export function createMemoryService(
  piecesOf: readonly Uint8Array[] | ((url: string) => readonly Uint8Array[]),
  { nodes = [], staysOpen = false, isTimed = false }: MemoryServiceOptions = {},
): MemoryService {
  const askedAt: number[] = []
  let read: () => void
  const isRead = new Promise<void>((resolve) => { read = resolve })

  const stream = (pieces: readonly Uint8Array[]): ReadableStream<Uint8Array> => {
    let at = 0
    return new ReadableStream<Uint8Array>({
      async pull(controller) {
        if (isTimed) askedAt.push(performance.now())
        await nextTask()
        const piece = pieces[at]
        at += 1
        if (piece !== undefined) controller.enqueue(piece)
        else {
          read()
          if (staysOpen) await new Promise(() => undefined)
          controller.close()
        }
      },
    }, { highWaterMark: 0 })
  }

  return {
    askedAt,
    isRead,
    fetch: (input, init) => {
      const url = input instanceof Request ? input.url : String(input)
      const isPost = init?.method === 'POST'
      const body = isPost ? stream(typeof piecesOf === 'function' ? piecesOf(url) : piecesOf) : JSON.stringify(nodes)
      return Promise.resolve(new Response(body, { headers: { 'content-type': isPost ? 'text/event-stream' : 'application/json' } }))
    },
  }
}

/** The next turn of the event loop. */
const nextTask: () => Promise<void> =
  typeof setImmediate === 'function' ? () => new Promise((resolve) => setImmediate(resolve)) : nextMessage()

function nextMessage(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel()
  const waiting: (() => void)[] = []
  port1.onmessage = () => { waiting.shift()?.() }
  return () => new Promise((resolve) => {
    waiting.push(resolve)
    port2.postMessage(null)
  })
}
