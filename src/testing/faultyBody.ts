import { createBody, type Body } from './body.ts'
import { faultOf, type Fault, type StreamFault } from './faults.ts'
import type { World } from './world.ts'

/** A body with the byte faults of a request: what is written to `input` comes out of `body` cut, stalled or split. */
export interface FaultyBody {
  readonly body: Body
  readonly write: (content: string | Uint8Array) => void
  readonly end: () => void
  /** Told after every frame, for the faults that count frames. */
  frameWritten(count: number): void
  /** Lets this go wrong now; says whether the body was still under way. */
  strike(fault: StreamFault): boolean
}

type Ending = Extract<Fault, { kind: 'cut' | 'truncate' | 'stall' }>

/** Wraps a fresh body with the faults that concern bytes. */
export function createFaultyBody(world: World, faults: readonly Fault[]): FaultyBody {
  const body = createBody()
  const encoder = new TextEncoder()
  const split = faultOf(faults, 'split')
  let ending: Ending | undefined = faultOf(faults, 'cut') ?? faultOf(faults, 'truncate') ?? faultOf(faults, 'stall')
  let written = 0
  let isEnded = false
  // While the body stalls for a time, what comes is kept.
  let held: (() => void)[] | undefined

  const strike = (fault: StreamFault): void => {
    if (fault.kind === 'cut') body.cut()
    if (fault.kind === 'truncate') body.end()
    if (fault.kind !== 'stall') {
      isEnded = true
      return
    }
    held ??= []
    if (fault.ms === undefined) return
    world.afterExactly(fault.ms, () => {
      const kept = held ?? []
      held = undefined
      for (const action of kept) action()
    })
  }

  const strikeEnding = (): void => {
    const fault = ending
    ending = undefined
    if (fault) strike(fault)
  }

  const pass = (bytes: Uint8Array): void => {
    for (const piece of piecesOf(bytes, written, split)) body.write(piece, split !== undefined)
    written += bytes.length
  }

  const writeBytes = (bytes: Uint8Array): void => {
    if (isEnded) return
    if (held) {
      held.push(() => { writeBytes(bytes) })
      return
    }
    const at = ending?.atByte
    if (at === undefined || written + bytes.length < at) return pass(bytes)
    const room = at - written
    pass(bytes.subarray(0, room))
    strikeEnding()
    writeBytes(bytes.subarray(room))
  }

  const end = (): void => {
    if (held) held.push(end)
    else if (!isEnded) {
      isEnded = true
      body.end()
    }
  }

  if (ending?.atByte === 0 || ending?.afterFrames === 0) strikeEnding()

  return {
    body,
    write(content) {
      writeBytes(typeof content === 'string' ? encoder.encode(content) : content)
    },
    end,
    frameWritten(count) {
      if (ending?.afterFrames === count) strikeEnding()
    },
    strike(fault) {
      if (isEnded || body.isLeft) return false
      strike(fault)
      return true
    },
  }
}

function piecesOf(bytes: Uint8Array, offset: number, split: Extract<Fault, { kind: 'split' }> | undefined): readonly Uint8Array[] {
  if (bytes.length === 0) return []
  if (split === undefined) return [bytes]
  const pieces: Uint8Array[] = []
  let start = 0
  for (const boundary of boundaries(offset, offset + bytes.length, split)) {
    pieces.push(bytes.subarray(start, boundary - offset))
    start = boundary - offset
  }
  pieces.push(bytes.subarray(start))
  return pieces
}

/** Positions strictly between `from` and `to` at which a new piece begins. */
function boundaries(from: number, to: number, { at, everyBytes }: Extract<Fault, { kind: 'split' }>): readonly number[] {
  if (at) return [...new Set(at)].filter((position) => position > from && position < to).sort((left, right) => left - right)
  const positions: number[] = []
  for (let position = from - (from % everyBytes) + everyBytes; position < to; position += everyBytes) positions.push(position)
  return positions
}
