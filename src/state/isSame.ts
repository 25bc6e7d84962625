/** Shallow equality: the same value, or two plain objects or two lists whose fields are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  // What a Set, a Map or a Date holds is in no field, so two of them are never known to be the same.
  const kind: unknown = Object.getPrototypeOf(one)
  if (kind !== Object.getPrototypeOf(other) || (kind !== Object.prototype && kind !== Array.prototype)) return false
  const fields = one as Readonly<Record<string, unknown>>
  const values = other as Readonly<Record<string, unknown>>
  for (const name in fields) if (!Object.hasOwn(values, name) || !Object.is(fields[name], values[name])) return false
  return Object.keys(fields).length === Object.keys(values).length
}
