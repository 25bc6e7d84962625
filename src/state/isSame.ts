/** Shallow equality: the same value, or two objects or lists whose fields are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  const fields = one as Readonly<Record<string, unknown>>
  const values = other as Readonly<Record<string, unknown>>
  for (const name in fields) if (!Object.hasOwn(values, name) || !Object.is(fields[name], values[name])) return false
  return Object.keys(fields).length === Object.keys(values).length
}
