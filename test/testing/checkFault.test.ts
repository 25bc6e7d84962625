import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, type Fault } from '../../src/testing.ts'

describe('a fault that makes no sense', () => {
  it.each([
    [null, "takes an object such as { kind: 'cut', atByte: 900 }"],
    [{ kind: 'explode' }, 'does not know the kind "explode". Kinds: cut, truncate, stall'],
    [{ kind: 'toString' }, 'does not know the kind "toString"'],
    [{ kind: 'sseIds', on: 'streams' }, 'does not know the route "streams". Routes: any, stream'],
    [{ kind: 'sseIds', times: 0 }, 'needs times to be a whole number from 1 up, or Infinity'],
    [{ kind: 'cut' }, "of kind 'cut' needs either atByte or afterFrames"],
    [{ kind: 'cut', atByte: 1, afterFrames: 1 }, "of kind 'cut' needs either atByte or afterFrames"],
    [{ kind: 'truncate', atByte: -1 }, "of kind 'truncate' needs either atByte or afterFrames"],
    [{ kind: 'stall', atByte: 1.5 }, "of kind 'stall' needs either atByte or afterFrames"],
    [{ kind: 'stall', atByte: 1, ms: -1 }, 'needs ms to be milliseconds from 0 up'],
    [{ kind: 'split' }, "of kind 'split' needs either everyBytes"],
    [{ kind: 'split', everyBytes: 0 }, 'needs either everyBytes, from 1 up'],
    [{ kind: 'split', at: [] }, 'or at, a list of byte positions'],
    [{ kind: 'malformed', text: 5 }, 'text to be a string'],
    [{ kind: 'duplicate', frames: 'all' }, 'needs frames to be a list of positions'],
    [{ kind: 'contentType' }, 'needs a value'],
    [{ kind: 'status', status: 200 }, 'needs a status from 300 to 599'],
    [{ kind: 'json', when: 'soon' }, "needs when to be 'started' or 'finished'"],
    [{ kind: 'noAnswer', runStarts: 1 }, 'needs runStarts to be true or false'],
    [{ kind: 'latency' }, 'needs ms, milliseconds from 0 up'],
    [{ kind: 'refuseStop', status: 99 }, 'needs a status from 300 to 599'],
  ])('is refused: %j', (fault, message) => {
    const simulator = createWorkflowSimulator()

    expect(() => simulator.fault(fault as Fault)).toThrow(TypeError)
    expect(() => simulator.fault(fault as Fault)).toThrow(message)
  })
})
