import { checkFault } from './checkFault.ts'
import type { Fault, FaultKind, Route } from './faults.ts'

/** The faults that wait for their requests. */
export interface FaultQueue {
  readonly waiting: readonly Fault[]
  /** Adds one; answers what takes it away again. */
  add(fault: Fault): () => void
  /** Those for a request of this route, counted as used. */
  take(route: Route): readonly Fault[]
  clear(): void
}

/** Keeps faults until requests come for them. Several that fit act together. */
export function createFaultQueue(): FaultQueue {
  const waiting = new Map<object, { readonly fault: Fault; left: number }>()
  return {
    get waiting() {
      return [...waiting.values()].map(({ fault }) => fault)
    },
    add(fault) {
      checkFault(fault)
      const key = {}
      waiting.set(key, { fault, left: fault.times ?? 1 })
      return () => {
        waiting.delete(key)
      }
    },
    take(route) {
      const taken: Fault[] = []
      for (const [key, entry] of waiting) {
        const on = entry.fault.on ?? defaultRoute(entry.fault.kind)
        if (on !== 'any' && on !== route) continue
        taken.push(entry.fault)
        entry.left -= 1
        if (entry.left <= 0) waiting.delete(key)
      }
      return taken
    },
    clear() {
      waiting.clear()
    },
  }
}

const defaultRoute = (kind: FaultKind): Route => (kind === 'refuseStop' || kind === 'ignoreStop' ? 'stop' : 'stream')
