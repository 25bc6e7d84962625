import { runOurs } from './contenders.ts'
import { medians, timed } from './measure.ts'
import type { Row } from './row.ts'
import { createWire, cut } from './wire.ts'

/** One event of 20 MB, against what nobody can save: decoding and parsing it. */
export async function largeEvent(): Promise<Row[]> {
  const rows: Row[] = []
  for (const [shape, value] of [['a text', textOf], ['a list of records', recordsOf]] as const) {
    const [small, large] = [writeRun(value(10_000_000)), writeRun(value(20_000_000))]
    const { floor, ours, half } = await medians(5, {
      floor: () => timed(() => parse(large)),
      half: () => timed(() => runOurs(small.pieces)),
      ours: () => timed(() => runOurs(large.pieces)),
    })
    const what = `one event of 20 MB, ${shape}`
    rows.push(
      { what, unit: `× decode + JSON.parse (${floor.toFixed(0)} ms)`, measured: ours / floor, bar: 5 },
      { what, unit: `× the time of 10 MB (${half.toFixed(0)} ms)`, measured: ours / half, bar: 2.3 },
    )
  }
  return rows
}

interface LargeRun {
  /** The large event's JSON alone. */
  readonly json: Uint8Array
  readonly pieces: readonly Uint8Array[]
}

function writeRun(value: unknown): LargeRun {
  const wire = createWire()
  const event = wire.result('1', 'node-1', value)
  const text = wire.created() + wire.request('1', 'node-1') + event + wire.finished('Done.')
  return { json: new TextEncoder().encode(event.slice('data: '.length).trimEnd()), pieces: cut(text) }
}

function parse({ json }: LargeRun): unknown {
  return JSON.parse(new TextDecoder().decode(json))
}

const textOf = (bytes: number): string => 'A line of a report, as a tool may answer it, with "quotes" and such.\n'.repeat(bytes / 72)

const recordsOf = (bytes: number): object[] =>
  Array.from({ length: bytes / 90 }, (_, at) => ({ id: at, name: 'Ada Lovelace', email: 'ada@example.com', isOpen: at % 2 === 0, amount: at / 4 }))
