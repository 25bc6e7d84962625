/** Shallow equality: the same value, or two plain objects or two lists whose fields are the same. */
export function isSame(one: unknown, other: unknown): boolean {
  if (Object.is(one, other)) return true
  if (!isPlain(one) || !isPlain(other) || Array.isArray(one) !== Array.isArray(other)) return false
  const names = Object.keys(one)
  return names.every((name) => Object.is(one[name], other[name]) && Object.hasOwn(other, name)) && names.length === Object.keys(other).length
}

/** What a Set, a Map or a Date holds is in no field, so two of them are never known to be the same. */
function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  const kind: unknown = typeof value === 'object' && value && Object.getPrototypeOf(value)
  return kind === Object.prototype || kind === Array.prototype
}
