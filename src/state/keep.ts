import { isSame } from './isSame.ts'

/** The list that is known, or at least what of it is as it was. */
export function keepItems<Item>(known: readonly Item[] = [], next: readonly Item[]): readonly Item[] {
  let isKnown = known.length === next.length
  const items = next.map((item, at) => {
    const before = known[at]
    if (item === before) return item
    if (before !== undefined && isSame(item, before)) return before
    isKnown = false
    return item
  })
  return isKnown ? known : items
}

/** The value that is known, as long as the next one says the same. */
export const keep = <Value>(known: Value, next: Value | undefined): Value =>
  next === undefined || isAlike(next, known) ? known : next

/** Whether two values say the same, however deep. */
export const isAlike = (one: unknown, other: unknown): boolean => JSON.stringify(one) === JSON.stringify(other)
