/** The routes that a fault can be for. */
export type Route = 'stream' | 'invoke' | 'async' | 'task' | 'tasks' | 'stop' | 'delete' | 'thread' | 'workflows' | 'workflow' | 'nodes'

/** Where in a body something goes wrong: at a byte, or after so many frames of an event stream. */
export type FaultPosition = { readonly atByte: number; readonly afterFrames?: never } | { readonly afterFrames: number; readonly atByte?: never }

export interface FaultScope {
  /** Which requests it is for. @defaultValue 'stream'; 'stop' for the faults of a stop */
  readonly on?: Route | 'any'
  /** For how many of them. @defaultValue 1 */
  readonly times?: number
}

/** Something that goes wrong on purpose. */
export type Fault = FaultScope &
  (
    | /** The connection breaks. */ ({ readonly kind: 'cut' } & FaultPosition)
    | /** The body ends as if it were whole, as behind a proxy that lost its upstream. */ ({ readonly kind: 'truncate' } & FaultPosition)
    | /** Nothing more comes, for so many milliseconds or for ever, on a connection that stays open. */ ({ readonly kind: 'stall'; readonly ms?: number } & FaultPosition)
    | /** The body comes in pieces of so many bytes. */ { readonly kind: 'split'; readonly everyBytes: number; readonly at?: never }
    | /** The body comes in pieces that end at these bytes. */ { readonly kind: 'split'; readonly at: readonly number[]; readonly everyBytes?: never }
    | /** A frame that is no JSON is put in. */ { readonly kind: 'malformed'; readonly afterFrames?: number; readonly text?: string }
    | /** Frames come twice: all, or those of these positions (the first is 0). */ { readonly kind: 'duplicate'; readonly frames?: readonly number[] }
    | /** The answer claims to be something else. */ { readonly kind: 'contentType'; readonly value: string }
    | /** The service refuses. */ { readonly kind: 'status'; readonly status: number; readonly retryAfter?: number | string; readonly body?: unknown }
    | /** JSON of the task comes in place of a stream. */ { readonly kind: 'json'; readonly when?: 'started' | 'finished' }
    | /** The connection is reset before any answer; with `runStarts` the request got through all the same. */ { readonly kind: 'noAnswer'; readonly runStarts?: boolean }
    | /** The answer comes late. */ { readonly kind: 'latency'; readonly ms: number }
    | /** Frames have an SSE `id:`. */ { readonly kind: 'sseIds' }
    | /** The service does not stop the run. */ { readonly kind: 'refuseStop'; readonly status?: number }
    | /** The service answers a stop with a task that still runs, and goes on with it. */ { readonly kind: 'ignoreStop' }
  )

/** Something that goes wrong with a stream that is open already, at once and wherever it is. */
export type StreamFault =
  | /** The connection breaks. */ { readonly kind: 'cut' }
  | /** The body ends as if it were whole. */ { readonly kind: 'truncate' }
  | /** Nothing more comes, for so many milliseconds or for ever. */ { readonly kind: 'stall'; readonly ms?: number }

export type FaultKind = Fault['kind']

/** The fault of a kind among those of a request. */
export function faultOf<K extends FaultKind>(faults: readonly Fault[], kind: K): Extract<Fault, { kind: K }> | undefined {
  return faults.find((fault): fault is Extract<Fault, { kind: K }> => fault.kind === kind)
}
