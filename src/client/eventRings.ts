import type { WorkflowEvent } from '../protocol/events.ts'
import type { SubmitKey, TaskId } from '../state/taskState.ts'

type Key = SubmitKey | TaskId

/** The last raw events of each task. */
export interface EventRings {
  readonly push: (key: Key, event: WorkflowEvent) => void
  /** Oldest first. */
  readonly read: (idOrKey: Key) => readonly WorkflowEvent[]
  readonly forget: (taskIds: readonly Key[]) => void
}

interface Ring {
  readonly events: WorkflowEvent[]
  next: number
}

export function createEventRings(maxEvents: number, idOf: (idOrKey: Key) => Key): EventRings {
  const rings = new Map<Key, Ring>()
  // A later submit of the same task goes on in the same ring.
  const ringOf = (idOrKey: Key): Ring | undefined =>
    rings.get(idOrKey) ?? [...rings].find(([key]) => idOf(key) === idOf(idOrKey))?.[1]
  return {
    push(key, event) {
      if (maxEvents === 0) return
      const ring = ringOf(key) ?? { events: [], next: 0 }
      rings.set(key, ring)
      ring.events[ring.next] = event
      ring.next = (ring.next + 1) % maxEvents
    },
    read(idOrKey) {
      const { events = [], next = 0 } = ringOf(idOrKey) ?? {}
      return [...events.slice(next), ...events.slice(0, next)]
    },
    forget(taskIds) {
      for (const key of [...rings.keys()]) if (taskIds.includes(idOf(key))) rings.delete(key)
    },
  }
}
