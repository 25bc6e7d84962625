import { isFields, readFields, readList } from '../protocol/wire.ts'

/** The version of what is written; another shape of it, or of a task's state, is another version. */
export const VERSION = 1

/** How an index and an item of an older version become those of the next one. A version that is not here is not understood. */
export const migrations = new Map<number, { readonly index: (value: unknown) => unknown; readonly item: (value: unknown) => unknown }>()

/** Longer texts are written once, however often they occur: a result is also the text, and stands in the last record. */
const SHORT_TEXT = 64
/** Begins what stands for something else. */
const MARK = '\0'

/**
 * Data as one text that says whether it is still what was written. What is one object in several places is one again
 * when it is read: the reducer knows the sign-in of a child run in its parent by that.
 * @throws when it is nothing that JSON can hold
 */
export function seal(data: unknown): string {
  const texts = new Map<string, number>()
  const objects = new Map<object, number>()
  const json = JSON.stringify(data, (_, value: unknown) => {
    if (typeof value === 'object' && value !== null) {
      const position = objects.get(value)
      if (position !== undefined) return `${MARK}@${position}`
      objects.set(value, objects.size)
      return value
    }
    if (typeof value === 'number' && !Number.isFinite(value)) return `${MARK}${value}`
    if (typeof value !== 'string' || (value.length <= SHORT_TEXT && !value.startsWith(MARK))) return value
    const position = texts.get(value) ?? texts.size
    texts.set(value, position)
    return `${MARK}#${position}`
  })
  const body = `{"data":${json},"texts":${JSON.stringify([...texts.keys()])}}`
  return `{"version":${VERSION},"sum":"${sumOf(body)}","body":${body}}`
}

/**
 * The data again. `undefined` for what somebody else wrote or cut off; the sum is there so that the reducer may go on
 * with the rest as with a state of its own, without a second description of every shape in it.
 */
export function unseal(text: unknown): { readonly data: unknown } | 'newer' | undefined {
  const [head = '', version, sum] = typeof text === 'string' ? (/^\{"version":(\d+),"sum":"(\w+)","body":/.exec(text) ?? []) : []
  const body = typeof text === 'string' ? text.slice(head.length, -1) : ''
  if (head === '' || sumOf(body) !== sum) return versionOf(parse(text)) > VERSION ? 'newer' : undefined
  if (Number(version) > VERSION) return 'newer'
  const { data, texts } = readFields(parse(body))
  const revived = body.includes('\\u0000') ? revive(data, readList(texts)) : data
  return migrate('item', Number(version), revived)
}

/** What an index says; without a sum, since each of its entries can be looked at. */
export function openIndex(text: unknown): { readonly data: unknown } | 'newer' | undefined {
  const data = parse(text)
  const version = versionOf(data)
  return version > VERSION ? 'newer' : migrate('index', version, data)
}

function migrate(kind: 'index' | 'item', from: number, data: unknown): { readonly data: unknown } | undefined {
  let value = data
  for (let version = from; version !== VERSION; version += 1) {
    const step = migrations.get(version)
    if (!step) return undefined
    value = step[kind](value)
  }
  return { data: value }
}

const versionOf = (value: unknown): number => (isFields(value) && typeof value.version === 'number' ? value.version : -1)

function parse(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined
  } catch {
    return undefined
  }
}

/** Puts in what is stood for, in the order in which it was written. */
function revive(given: unknown, texts: readonly unknown[]): unknown {
  const objects: unknown[] = []
  const visit = (value: unknown): unknown => {
    if (typeof value === 'string' && value.startsWith(MARK)) {
      const position = Number(value.slice(2))
      return value[1] === '#' ? texts[position] : value[1] === '@' ? objects[position] : Number(value.slice(1))
    }
    if (typeof value !== 'object' || value === null) return value
    const position = objects.push(undefined) - 1
    // Not by assignment: a node may be called `__proto__`.
    const revived: unknown = Array.isArray(value) ? value.map(visit) : Object.fromEntries(Object.entries(value).map(([name, field]) => [name, visit(field)]))
    objects[position] = revived
    return revived
  }
  return visit(given)
}

/** FNV-1a: tells what was changed by accident, and costs a few milliseconds for a million characters. */
function sumOf(text: string): string {
  let sum = 0x811c9dc5
  for (let at = 0; at < text.length; at += 1) sum = Math.imul(sum ^ text.charCodeAt(at), 0x01000193)
  return (sum >>> 0).toString(36)
}
