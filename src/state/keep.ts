/** The list that is known, as long as the next one has the same items. */
export function keepItems<Item>(known: readonly Item[] | undefined, next: readonly Item[]): readonly Item[] {
  if (known?.length !== next.length) return next
  for (let at = 0; at < next.length; at += 1) if (next[at] !== known[at]) return next
  return known
}

/** The value that is known, as long as the next one says the same. */
export const keep = <Value>(known: Value, next: Value | undefined): Value =>
  next === undefined || isAlike(next, known) ? known : next

/** Whether two values say the same, however deep. */
export const isAlike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
