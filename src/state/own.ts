/** An own value of a record; ids come from the wire, so `constructor` must not find what every object has. */
export function own<Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined {
  return Object.hasOwn(record, key) ? record[key] : undefined
}
