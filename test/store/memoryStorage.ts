import type { TaskStorage } from '../../src/store/persist.ts'

/** A storage that can be looked into. */
export interface MemoryStorage extends TaskStorage {
  readonly items: Map<string, string>
  /** Calls so far, such as `setItem use-workflow-stream:index`. */
  readonly calls: string[]
}

export interface MemoryOptions {
  /** Answers promises. */
  readonly isAsync?: boolean | undefined
  /** Answers promises, each after so many milliseconds. */
  readonly delayMs?: number | undefined
  /** Characters of names and values that there is room for. */
  readonly quota?: number
}

/** Local storage, or one that answers promises. Full when the quota is reached, as browsers say it. */
export function createMemoryStorage({ isAsync = false, delayMs, quota = Infinity }: MemoryOptions = {}, items = new Map<string, string>()): MemoryStorage {
  const calls: string[] = []
  const answer = <Value>(call: string, act: () => Value): Value => {
    calls.push(call)
    if (!isAsync && delayMs === undefined) return act()
    const waited = delayMs === undefined ? Promise.resolve() : new Promise<void>((resolve) => { setTimeout(resolve, delayMs) })
    return waited.then(act) as Value
  }
  return {
    items,
    calls,
    getItem: (name) => answer(`getItem ${name}`, () => items.get(name) ?? null),
    setItem: (name, value) => answer(`setItem ${name}`, () => {
      const others = [...items].filter(([other]) => other !== name)
      const used = others.reduce((sum, [other, text]) => sum + other.length + text.length, 0)
      if (used + name.length + value.length > quota) throw new DOMException('The quota has been exceeded.', 'QuotaExceededError')
      items.set(name, value)
    }),
    removeItem: (name) => answer(`removeItem ${name}`, () => { items.delete(name) }),
  }
}
