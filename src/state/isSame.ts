/** Shallow equality: the same value, or two objects or lists whose fields are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  const fields = Object.entries(one)
  const values = other as Readonly<Record<string, unknown>>
  return fields.length === Object.keys(other).length && fields.every(([name, value]) => Object.is(value, values[name]))
}
