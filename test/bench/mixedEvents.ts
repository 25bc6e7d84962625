import { runBare, runOurs } from './contenders.ts'
import { medians, timed } from './measure.ts'
import type { Row } from './row.ts'
import { canvas, createWire, cut, nodeId, type Wire } from './wire.ts'

const events = 100_000
const bytes = 20_000_000
const nodes = 50

/** 100,000 mixed events of one long run, against the bare library on the same bytes. */
export async function mixedEvents(): Promise<Row[]> {
  const text = writeRun()
  const pieces = cut(text)
  const { ours, bare } = await medians(5, {
    bare: () => timed(() => runBare(pieces)),
    ours: () => timed(() => runOurs(pieces, { nodes: canvas(nodes) })),
  })
  return [{
    what: `${events} mixed events, ${(text.length / 1e6).toFixed(1)} MB, bytes to store`,
    unit: `× the bare library with JSON.parse (${bare.toFixed(0)} ms)`,
    measured: ours / bare,
    bar: 1.4,
  }]
}

function writeRun(): string {
  const wire = createWire()
  const frames = [wire.created()]
  for (let at = 1; at < events - 1; at += 1) frames.push(writeFrame(wire, at))
  const end = wire.finished('Done.')
  const length = frames.reduce((sum, frame) => sum + frame.length, end.length)
  // The chunks make up what the other frames leave of the size.
  const chunks = frames.flatMap((frame, at) => (frame.includes('"type":"chunk"') ? [at] : []))
  const missing = Math.max(0, bytes - length)
  chunks.forEach((at, position) => {
    const share = Math.floor((missing * (position + 1)) / chunks.length) - Math.floor((missing * position) / chunks.length)
    frames[at] = frames[at]!.replace('"data":"', `"data":"${'lorem ipsum dolor sit amet '.repeat(9).slice(0, share)}`)
  })
  return frames.join('') + end
}

/** Of twenty-five events twenty-one are text, two a call, one reasoning or a task record, one a plan now and then. */
function writeFrame(wire: Wire, at: number): string {
  const round = Math.floor(at / 25)
  const node = nodeId(round % nodes)
  switch (at % 25) {
    case 3:
      return wire.request(String(round), node)
    case 11:
      return wire.result(String(round), node)
    case 15:
      return round % 2 === 0
        ? wire.frame('think', { title: 'Check the account', thought: 'The customer is on the old plan.', confidence: 0.8 })
        : wire.updated({ last_executed_node_id: node, started_at: '2026-05-13T10:00:00.001234Z' })
    case 17:
      return round % 20 === 0
        ? wire.frame('plan_updated', { enabled: true, tasks: [{ id: 'p1', title: 'Read', completed: true }, { id: 'p2', title: `Decide ${round}`, completed: false }] })
        : wire.chunk('and ')
    default:
      return wire.chunk('to ')
  }
}
