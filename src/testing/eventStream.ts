import type { Answer } from './answer.ts'
import { createFaultyBody, type FaultyBody } from './faultyBody.ts'
import { faultOf, type Fault } from './faults.ts'
import { toLegacyFrame } from './legacy.ts'
import type { Run } from './run.ts'
import { toSseFrame } from './sse.ts'
import type { WireFrame } from './wire.ts'

/** The answer that streams a run, from now to its end, with the faults of this request; it is in `streams` as long as that lasts. */
export function streamRun(run: Run, faults: readonly Fault[], streams: Set<FaultyBody>): Answer {
  const output = createFaultyBody(run.world, faults)
  streams.add(output)
  const malformed = faultOf(faults, 'malformed')
  const duplicate = faultOf(faults, 'duplicate')
  const hasIds = faultOf(faults, 'sseIds') !== undefined
  // Frames of the run, counted from 0; lines put in by faults are not counted.
  let count = 0

  const insertMalformed = (): void => {
    if (malformed && (malformed.afterFrames ?? 1) === count) output.write(toSseFrame(malformed.text ?? '{"type":"chunk","data":"Hel'))
  }

  const onFrame = (frame: WireFrame): void => {
    const sent = run.scenario.protocol === 'legacy' ? toLegacyFrame(frame) : frame
    if (!sent) return
    if (count === 0) insertMalformed()
    const line = toSseFrame(sent, hasIds ? count + 1 : undefined)
    output.write(line)
    if (duplicate && (duplicate.frames?.includes(count) ?? true)) output.write(line)
    count += 1
    insertMalformed()
    output.frameWritten(count)
  }

  run.listen({
    onFrame,
    onEnd: () => {
      output.end()
      streams.delete(output)
    },
  })
  return {
    status: 200,
    headers: {
      'content-type': faultOf(faults, 'contentType')?.value ?? 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache',
      'x-accel-buffering': 'no',
    },
    body: output.body,
  }
}
