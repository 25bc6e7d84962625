import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decodeEvent, decodeMessage, isTaskEnd } from '../../src/protocol/decodeEvent.ts'
import { decodeGraph } from '../../src/protocol/graph.ts'
import { decodeTask } from '../../src/protocol/task.ts'
import { decodeThread } from '../../src/protocol/thread.ts'
import { everyKind } from '../recordings/everyKind.ts'

const decoders: readonly (readonly [string, (value: unknown) => unknown])[] = [
  ['decodeEvent', decodeEvent],
  ['decodeMessage', (value) => decodeMessage(JSON.stringify(value))],
  ['decodeTask', decodeTask],
  ['decodeGraph', decodeGraph],
  ['decodeThread', decodeThread],
]

const types = [...new Set(everyKind.map((frame) => String(frame.type ?? frame.event))), '__proto__', 'constructor']
const hostileNames = ['__proto__', 'constructor', 'hasOwnProperty', 'toString', 'length', 'then', 'toJSON']
const names = [
  ...hostileNames,
  ...['type', 'event', 'task_id', 'time', 'timestamp', 'data', 'id', 'status', 'result', 'input', 'text', 'content', 'error', 'message'],
  ...['payload', 'reasoning', 'title', 'thought', 'analysis', 'files', 'tasks', 'deep_planning', 'tokens', 'hitl_request', 'url', 'turn'],
  ...['sub_executions', 'pending_eca_request', 'created_at', 'is_error', 'graph_node_id', 'api_key', 'mcp_servers', 'headers', 'root'],
  ...['access_token', 'USER_TOKENS', 'clientSecret', 'llm_extra_headers', 'keys', 'env_vars', 'token'],
  ...['nodes', 'items', 'orchestration_nodes', 'next_node_ids', 'definition', 'condition', 'groups', 'group_id', 'path', 'value', 'role'],
]

/** Values that have the names which decoders look for, at every level, and anything at all behind them. */
const nearMisses = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5, depthSize: 'medium' },
    fc.constantFrom(null, true, 0, -1, 1778667124, 1e300, '', 'a', 'completed', '2026-05-13T10:12:04.123456Z', 'https://a.example'),
    fc.constantFrom(...types, ...hostileNames),
    fc.jsonValue({ maxDepth: 1 }),
    fc.array(tie('value'), { maxLength: 3 }),
    // Through JSON, so that `__proto__` is an own field, as the wire would make it.
    fc
      .array(fc.tuple(fc.constantFrom(...names), tie('value')), { maxLength: 6 })
      .map((entries): unknown => JSON.parse(`{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`)),
  ),
})).value

/** Frames of the recording with one field, anywhere, put to something else. */
const mutatedFrames = fc
  .tuple(fc.constantFrom(...everyKind), fc.constantFrom(...names), nearMisses, fc.boolean())
  .map(([frame, name, value, isInData]): unknown =>
    isInData && typeof frame.data === 'object' ? { ...frame, data: { ...frame.data, [name]: value } } : { ...frame, [name]: value },
  )

const values = fc.oneof(fc.jsonValue(), nearMisses, mutatedFrames)

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  Object.freeze(value)
  Object.values(value).forEach(deepFreeze)
}

const deepTexts = [
  `${'['.repeat(10_000)}${']'.repeat(10_000)}`,
  `${'{"data":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
  `{"type":"tool_call_result","data":{"tool_call_id":"c","result":${'{"a":['.repeat(10_000)}1${']}'.repeat(10_000)}}}`,
  `{"type":"task_finished","data":{"id":"task-1","status":"completed","result":${'[{"a":'.repeat(10_000)}1${'}]'.repeat(10_000)}}}`,
  `{"type":"analyze","data":{"title":"T","result":${'['.repeat(10_000)}${']'.repeat(10_000)}}}`,
  `{"nodes":${'[{"id":"a","definition":{"nodes":'.repeat(10_000)}[]${'}}]'.repeat(10_000)}}`,
  `{"root":[{"id":"m","content":${'['.repeat(10_000)}${']'.repeat(10_000)}}]}`,
]

// Law 7 (unknown is not fatal). Broken by: decodeEvent.ts throwing at a kind that it does not know.
describe.each(decoders)('%s', (_, decode) => {
  it('never throws and never changes its input, for any JSON value', () => {
    fc.assert(
      fc.property(values, (value) => {
        const before = JSON.stringify(value)
        deepFreeze(value)

        decode(value)

        expect(JSON.stringify(value)).toBe(before)
      }),
      { numRuns: 1000 },
    )
  })

  it('answers the same for the same value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(decode(value)).toEqual(decode(value))
      }),
    )
  })

  it('leaves every prototype as it was', () => {
    const value: unknown = JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"type":"task_updated","id":"a","status":"completed"}')

    decode(value)
    decode([value])
    decode({ nodes: [value], root: [value], data: value })

    expect({}).not.toHaveProperty('polluted')
  })
})

describe.each(decoders.filter(([name]) => name !== 'decodeMessage'))('%s with values nested 10,000 levels deep', (_, decode) => {
  it.each(deepTexts.map((text) => [`${text.slice(0, 60)}...`, text]))('answers %s', (_start, text) => {
    expect(() => JSON.stringify(decode(JSON.parse(text)))).not.toThrow()
  })
})

/** The same JSON with every character of every name and text written as `\u....`. */
const escaped = (json: string): string =>
  json.replace(/"(?:[^"\\]|\\.)*"/g, (token) => {
    const text = JSON.parse(token) as string
    return `"${text.replace(/[^]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)}"`
  })

describe('decodeMessage', () => {
  it.each<[string, (json: string) => string]>([
    ['as JSON.stringify does', (json) => json],
    ['with every text escaped', escaped],
  ])('answers as decodeEvent does for any value, written %s', (_, write) => {
    fc.assert(
      fc.property(values, fc.string(), (value, id) => {
        const json = JSON.stringify(value)
        // Of a longer text an unknown event keeps less.
        fc.pre(write(json).length < 64 * 1024)

        expect(decodeMessage(write(json), id)).toEqual(decodeEvent(JSON.parse(json), id))
      }),
      { numRuns: 1000 },
    )
  })

  it('never throws for any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json(), fc.constantFrom(...deepTexts)), fc.string(), (text, id) => {
        const event = decodeMessage(text, id)

        expect(event.kind).toBeTypeOf('string')
        expect(isTaskEnd(event)).toBeTypeOf('boolean')
      }),
    )
  })

  it('keeps nothing of a frame that was cut off anywhere', () => {
    fc.assert(
      fc.property(fc.constantFrom(...everyKind.map((frame) => JSON.stringify(frame))), fc.nat(), (text, cut) => {
        const length = cut % text.length

        const event = decodeMessage(text.slice(0, length))

        expect(JSON.parse(JSON.stringify(event))).toEqual({ kind: 'malformed', length })
      }),
    )
  })
})
