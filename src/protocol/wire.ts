/** An object as it came from the wire: what its fields hold is not known yet. */
export type Fields = Readonly<Record<string, unknown>>

/** Is it an object with fields (no list, no null)? */
export const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The value when it has fields, else an empty object. */
export const readFields = (value: unknown): Fields => (isFields(value) ? value : {})

/** A text that says something; an empty one (an id that was not set) counts as none. */
export const readText = (value: unknown): string | undefined =>
  typeof value === 'string' && value ? value : undefined

/** A number that can be calculated with (`1e999` is valid JSON). */
export const readNumber = (value: unknown): number | undefined =>
  Number.isFinite(value) ? (value as number) : undefined

/** The list, or an empty one when the value is none. */
export const readList = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

/** The texts of the lists, each once. */
export const readTexts = (...lists: readonly unknown[]): readonly string[] =>
  [...new Set(lists.flatMap(readList).filter(readText) as string[])]

/** An address that a user may be sent to: only `https:`, so that `javascript:` never becomes a link. */
export const readHttpsUrl = (value: unknown): string | undefined =>
  typeof value === 'string' && /^https:\/\/[^\s/]/i.test(value) ? value : undefined

/** A result is text; one that came as another JSON value becomes JSON text, as `output_format: json` has it. */
export const readResult = (value: unknown): string | null | undefined =>
  typeof value === 'string' || value == null ? value : JSON.stringify(value)

/**
 * Epoch milliseconds with microseconds as their fraction, from ISO 8601 (without a zone it is UTC: Python writes
 * it so) or from a Unix number in seconds or milliseconds.
 */
export function readTime(value: unknown): number | undefined {
  // 1e11 is the year 5138 in seconds and 1973 in milliseconds: no task is that young or old.
  const ms = typeof value === 'string' ? parseIsoTime(value) : typeof value === 'number' ? (value < 1e11 ? value * 1000 : value) : NaN
  return Math.abs(ms) <= 8.64e15 ? ms : undefined
}

// Every frame has a time, and neighbours mostly share its second: Date.parse takes longer, and drops microseconds.
let lastSecond = ''
let lastSecondMs = NaN

function parseIsoTime(text: string): number {
  const second = text.slice(0, 19)
  if (second !== lastSecond) {
    lastSecond = second
    // Only the T is in the standard; with a space each engine decides for itself.
    lastSecondMs = Date.parse(second.replace(' ', 'T') + 'Z')
  }
  let ms = lastSecondMs
  let end = 19
  if (text[end] === '.') {
    for (let unit = 100, digit; (digit = text.charCodeAt(++end) - 48) >= 0 && digit <= 9; unit /= 10) ms += digit * unit
  }
  const zone = text.slice(end)
  return zone === 'Z' ? ms : ms + Date.parse(`1970-01-01T00:00:00${zone || 'Z'}`)
}
