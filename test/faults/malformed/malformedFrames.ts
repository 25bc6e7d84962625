import type { SeededRandom } from '../../../src/testing/random.ts'
import { everyKind, taskId } from '../../recordings/everyKind.ts'

/** Makes bytes of SSE that are almost right, or not at all: a frame of the recording with something done to it. */
export function malformedFrame(random: SeededRandom, rootId: string): Uint8Array<ArrayBuffer> {
  const { integer } = random
  const pick = <Value>(list: readonly Value[]): Value => list[integer(list.length)] as Value

  const field = (): string => pick([
    ...hostileNames, 'type', 'event', 'task_id', 'time', 'data', 'id', 'status', 'result', 'input', 'text', 'error', 'payload', 'reasoning', 'tokens',
    'deep_planning', 'hitl_request', 'sub_executions', 'parent_execution', 'created_at', 'finished_at', 'tool_call_id', 'graph_node_id', 'is_error',
  ])
  /** Any JSON, as text: of some of it there is no value in JavaScript. */
  const anything = (depth = 0): string => {
    switch (integer(depth > 3 ? 6 : 10)) {
      case 0: return pick(['1e999', '-1e999', '-0', '1e308', '9007199254740993', '0.1e-400', '8640000000000001', '9'.repeat(400), '01', 'NaN', 'Infinity', '-'])
      case 1: return pick(['null', 'true', 'false', '""', '[]', '{}', 'undefined', "'x'"])
      case 2: return JSON.stringify(pick(['completed', 'failed', 'stopped', 'paused', 'queued', 'who knows', '__proto__', '9999-99-99T99:99:99Z', 'javascript:alert(1)']))
      case 3: return JSON.stringify(String.fromCodePoint(...Array.from({ length: integer(12) }, () => integer(0x11_0000))))
      case 4: return JSON.stringify(pick(everyKind)[pick(['data', 'type', 'task_id', 'time'])] ?? null)
      case 5: return JSON.stringify('x'.repeat(integer(200) === 0 ? 100_000 : integer(100)))
      case 6: return `${'['.repeat(integer(40) === 0 ? 20_000 : 3)}${anything(depth + 1)}${']'.repeat(3)}`
      case 7: {
        const levels = integer(40) === 0 ? 5000 : 4
        return `${'{"data":'.repeat(levels)}1${'}'.repeat(levels)}`
      }
      default: return `{${Array.from({ length: integer(5) }, () => `${JSON.stringify(field())}:${anything(depth + 1)}`).join(',')}}`
    }
  }

  /** Where a value stands in a text of JSON: after a colon. */
  const atValue = (text: string): number => {
    const colons = [...text.matchAll(/":/g)]
    return (pick(colons)?.index ?? 0) + 2
  }
  const replaceValue = (text: string, value: string): string => {
    const from = atValue(text)
    const [old = ''] = /^(?:"(?:[^"\\]|\\.)*"|[^,{}[\]]+|[{[])/.exec(text.slice(from)) ?? []
    return old === '{' || old === '[' ? `${text.slice(0, from)}${value},"x":${text.slice(from)}` : text.slice(0, from) + value + text.slice(from + old.length)
  }

  const mutate = (text: string): string => {
    const at = integer(text.length)
    switch (integer(12)) {
      case 0: return text.slice(0, at)
      case 1: return text.slice(at)
      case 2: return text.slice(0, at) + pick(['\u0000', '\ufeff', '\u2028', '\\', '"', '{', '}', '\ud800', '🙂', '\r', '\n', '\r\n', '\n\n']) + text.slice(at)
      case 3: case 4: return replaceValue(text, anything())
      case 5: return text.replace('{', `{${JSON.stringify(field())}:${anything()},`)
      case 6: return pick([`[${text}]`, `{"data":${text}}`, `{"type":"task_updated","data":${text}}`, JSON.stringify(text), text + text])
      case 7: return text.replace(/"type":"[^"]*"/, `"type":${JSON.stringify(pick(everyKind).type ?? 'x')}`)
      case 8: return text.replace(/"task_id":"[^"]*"/, `"task_id":${pick(['"other"', '"__proto__"', '""', '7', 'null', anything()])}`)
      case 9: return text.replace(/"([a-z_]+)":(.*)"([a-z_]+)":/, '"$3":$2"$1":')
      case 10: return anything()
      default: return text
    }
  }

  let text = JSON.stringify(pick(everyKind)).replaceAll(taskId, rootId)
  for (let count = 1 + integer(3); count > 0; count -= 1) text = mutate(text)
  const lineEnd = pick(['\n', '\n', '\n', '\r\n', '\r', '\n\r'])
  const id = (): string => pick(['1', '\u0000', '', ' ', 'a b', '🙂', '9'.repeat(1000), '__proto__', 'log.1', `log.${integer(1e9)}`])
  const lines = [
    ...(integer(4) === 0 ? [`id:${id()}`] : []),
    ...(integer(8) === 0 ? [pick(['event: x', 'event', ': note', ':', 'retry: 0', 'retry: 99999999999', 'nonsense', 'data', 'data:', '\ufeffdata: 1', 'Data: {}', ' data: {}'])] : []),
    ...text.split(/\r\n|\r|\n/).map((line) => pick(['data: ', 'data: ', 'data:', 'data:  ']) + line),
    ...(integer(12) === 0 ? [] : ['']),
  ]
  const bytes = encoder.encode(lines.map((line) => line + lineEnd).join(''))
  if (integer(3) === 0) for (let count = integer(8); count > 0; count -= 1) bytes[integer(bytes.length)]! ^= 1 << integer(8)
  return bytes
}

/** The same bytes in pieces of any length. */
export function* inPieces(random: SeededRandom, bytes: Uint8Array<ArrayBuffer>): Generator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < bytes.length;) {
    const length = 1 + random.integer(random.integer(4) === 0 ? 8 : 2000)
    yield bytes.slice(at, at + length)
    at += length
  }
}

const encoder = new TextEncoder()
const hostileNames = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'length', 'then', 'toJSON', 'prototype', 'valueOf', '']
