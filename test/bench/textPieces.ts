import { selectTask } from 'use-workflow-stream/core'
import { openOurs, runOurs } from './contenders.ts'
import { heapBytes, median, medians, timed } from './measure.ts'
import { createMemoryService } from './memoryService.ts'
import type { Row } from './row.ts'
import { createWire, cutFrames } from './wire.ts'

const piece = ' the quick brown fox jum'
const few = 1000

/** A long answer in small pieces, each published by itself. */
export async function textPieces(): Promise<Row[]> {
  const [small, large] = [writeRun(10_000), writeRun(30_000)]
  const { ours, third } = await medians(5, {
    third: () => timed(() => runOurs(small, { throttle: false })),
    ours: () => timed(() => runOurs(large, { throttle: false })),
  })
  const what = '30000 text pieces, one a frame'
  return [
    { what, unit: `× the time of 10000 (${third.toFixed(0)} ms)`, measured: ours / third, bar: 3.3 },
    { what, unit: '× the text, retained', measured: await retained(30_000), bar: 2 },
  ]
}

/**
 * What each further byte of text costs while the run goes on and its text is shown. The ring of raw events and a run
 * without text have a size of their own, which is no part of it.
 */
async function retained(count: number): Promise<number> {
  const ratios: number[] = []
  for (let repetition = 0; repetition < 3; repetition += 1) {
    ratios.push(((await heldBy(count)) - (await heldBy(few))) / ((count - few) * piece.length))
  }
  return median(ratios)
}

async function heldBy(count: number): Promise<number> {
  const pieces = writeRun(count).slice(0, -1)
  const before = await heapBytes()
  const service = createMemoryService(pieces, { staysOpen: true })
  const client = openOurs(service, { throttle: false, maxEvents: 0 })
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await service.isRead
  const { text = '' } = selectTask(client.store.getState(), key) ?? {}
  // A screen that shows a text makes one flat string of it.
  if (text.charCodeAt(0) !== piece.charCodeAt(0) || text.length !== count * piece.length) throw new Error('Text was lost')
  const held = (await heapBytes()) - before
  client.destroy()
  return held
}

function writeRun(count: number): Uint8Array[] {
  const wire = createWire()
  return cutFrames([wire.created(), ...Array.from({ length: count }, () => wire.chunk(piece)), wire.finished('')])
}
