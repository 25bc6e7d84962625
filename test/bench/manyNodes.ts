import { openOurs } from './contenders.ts'
import { median } from './measure.ts'
import { createMemoryService } from './memoryService.ts'
import type { Row } from './row.ts'
import { canvas, createWire, cutFrames, nodeId } from './wire.ts'

const nodes = 1000
const events = 20_000
const stretch = 50

/** Whether an event costs more the more came before it. */
export async function manyNodes(): Promise<Row[]> {
  const pieces = writeRun()
  const ratios: number[] = []
  const firsts: number[] = []
  // The calls before the first tenth warm up.
  for (let repetition = 0; repetition < 2; repetition += 1) {
    const service = createMemoryService(pieces, { nodes: canvas(nodes), isTimed: true })
    const { status, timeline } = await openOurs(service, { throttle: false }).submit({ workflowId: 'flow', input: 'Hi' }).settled
    if (status !== 'completed' || timeline.length !== nodes) throw new Error(`The run did not end well: ${status}`)
    // Medians of short stretches, because these two are seconds apart and the machine may do something else meanwhile.
    const perEvent = (from: number): number => median(Array.from({ length: events / 10 / stretch }, (_, at) => {
      const begin = start + from + at * stretch
      return (service.askedAt[begin + stretch]! - service.askedAt[begin]!) / stretch
    }))
    firsts.push(perEvent(0))
    ratios.push(perEvent((events * 9) / 10) / perEvent(0))
  }
  return [{
    what: `${events} events on ${nodes} nodes, one a frame, last tenth`,
    unit: `× the first tenth (${(median(firsts) * 1000).toFixed(0)} µs an event)`,
    measured: median(ratios),
    bar: 1.5,
  }]
}

/** Before these came the task itself and a call of each node. */
const start = 1 + 2 * nodes

function writeRun(): Uint8Array[] {
  const wire = createWire()
  const frames = [wire.created()]
  for (let at = 0; at < nodes + events / 2; at += 1) {
    // Neighbours on the canvas are not neighbours in time.
    const node = nodeId((at * 7) % nodes)
    frames.push(wire.request(String(at), node), wire.result(String(at), node))
  }
  return cutFrames([...frames, wire.finished('Done.')])
}
