/** An own value of a record; ids come from the wire, so `constructor` must not find what every object has, and what is no text nothing. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return typeof key === 'string' && Object.hasOwn(record, key) ? record[key] : undefined
}

/** Writes an own value of a record, also one that assignment would take for the prototype. */
export function setOwn<Value>(record: Record<string, Value>, key: string, value: Value): void {
  if (key === '__proto__') Object.defineProperty(record, key, { value, enumerable: true, configurable: true, writable: true })
  else record[key] = value
}
