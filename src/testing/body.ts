/** Takes the bytes of an answer: a response body in memory, or a socket. */
export interface BodySink {
  /** `standsAlone`: the bytes are to arrive as a piece of their own, not joined with others. */
  readonly write: (bytes: Uint8Array, standsAlone: boolean) => void
  readonly end: () => void
  /** The line breaks: what was written still arrives, the end does not. */
  readonly cut: () => void
}

/** The body of an answer: written by the service, read by whoever asked, in their own time. */
export interface Body extends BodySink {
  /** Its reader is gone. */
  readonly isLeft: boolean
  /** Gives everything written so far and from now on to a sink; answers what to call when its reader left. */
  attach(sink: BodySink): () => void
}

/** A body that keeps what is written until somebody attaches; after the reader left, writing does nothing. */
export function createBody(): Body {
  const early: ((sink: BodySink) => void)[] = []
  let sink: BodySink | undefined
  let isLeft = false

  const tell = (action: (sink: BodySink) => void): void => {
    if (isLeft) return
    if (sink) action(sink)
    else early.push(action)
  }

  return {
    get isLeft() {
      return isLeft
    },
    write: (bytes, standsAlone) => {
      tell((target) => {
        target.write(bytes, standsAlone)
      })
    },
    end: () => {
      tell((target) => {
        target.end()
      })
    },
    cut: () => {
      tell((target) => {
        target.cut()
      })
    },
    attach(target) {
      sink = target
      for (const action of early.splice(0)) action(target)
      return () => {
        isLeft = true
      }
    },
  }
}
