/** One frame of the stream, not decoded yet. */
export interface Message {
  readonly data: string
  /** The frame's own SSE `id:`; empty or absent when it has none. */
  readonly id?: string | undefined
  readonly event?: string | undefined
}

/** What a transport has to send, complete: it adds nothing and repeats nothing. A POST invokes, a GET attaches to a run. */
export interface TransportRequest {
  readonly url: string
  readonly method: 'GET' | 'POST'
  readonly headers: Readonly<Record<string, string>>
  /** Of a POST. */
  readonly body?: string
  /** Ends the request; the promise then rejects with the signal's reason. */
  readonly signal: AbortSignal
  readonly fetch: typeof globalThis.fetch
  /** What is being done, for the errors of a request that fails. @defaultValue 'submit' */
  readonly phase?: 'submit' | 'recover'
  /** To be called when bytes came, whether they make a frame or not. */
  readonly onBytes?: (() => void) | undefined
}

/**
 * Sends the request once and hands on its frames in order. Resolves when the body ended; rejects with a
 * `WorkflowError` (refused before the stream, dropped within it) or with the signal's reason. What that means
 * for the task is not its business.
 */
export type Transport = (request: TransportRequest, onMessage: (message: Message) => void) => Promise<void>
