import type { WorkflowEvent } from '../protocol/events.ts'

/** The last events of one stream, oldest first when read. */
export interface EventRing {
  readonly push: (event: WorkflowEvent) => void
  readonly read: () => WorkflowEvent[]
}

export function createEventRing(maxEvents: number): EventRing {
  const events: WorkflowEvent[] = []
  let next = 0
  return {
    push(event) {
      if (maxEvents === 0) return
      events[next] = event
      next = (next + 1) % maxEvents
    },
    read: () => [...events.slice(next), ...events.slice(0, next)],
  }
}
