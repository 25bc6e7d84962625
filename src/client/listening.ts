import type { Message } from '../transport/transport.ts'

/** One stream of a line: what to do with it while it lasts. */
export interface Listening {
  readonly signal: AbortSignal
  /** To be called when the request goes out; with false when it was refused, and may go out again. */
  readonly onSend: (isUnderWay: boolean) => void
  readonly onResponse: (response: Response) => void
  readonly onMessage: (message: Message) => void
  readonly onBytes?: (() => void) | undefined
}
