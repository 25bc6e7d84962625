import { openOurs } from './contenders.ts'
import { heapBytes } from './measure.ts'
import { createMemoryService } from './memoryService.ts'
import type { Row } from './row.ts'
import { createWire, cutFrames } from './wire.ts'

const few = 1000
const many = 10_000

/** A day of short runs in one page: what the store and the client keep does not grow with them. */
export async function manyRuns(): Promise<Row[]> {
  let run = 0
  const client = openOurs(createMemoryService(() => writeRun(`task-${run}`)), { throttle: false })
  const heapAfter = async (runs: number): Promise<number> => {
    for (; run < runs; run += 1) {
      const { status } = await client.submit({ workflowId: 'flow', input: 'Hi' }).settled
      if (status !== 'completed') throw new Error(`Run ${run} did not end well: ${status}`)
    }
    return heapBytes()
  }
  const before = await heapBytes()
  const small = await heapAfter(few) - before
  const large = await heapAfter(many) - before
  client.destroy()
  return [{ what: `${many} short runs in one client`, unit: `× the memory after ${few} (${(small / 1e6).toFixed(1)} MB)`, measured: large / small, bar: 1.2 }]
}

function writeRun(taskId: string): Uint8Array[] {
  const wire = createWire(taskId)
  return cutFrames([wire.created(), wire.request('1', 'a'), wire.chunk('some words'), wire.result('1', 'a'), wire.finished('Done.')])
}
