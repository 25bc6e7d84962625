import type { Batch } from '../state/batch.ts'
import type { Fact } from '../state/fact.ts'
import { applyFact, closeBatch, openBatch } from '../state/reduceWorkflow.ts'
import type { SubmitKey, TaskId, WorkflowStoreState } from '../state/taskState.ts'
import { createFrameSchedule } from './frameSchedule.ts'
import type { Throttle } from './frameSchedule.ts'
import { report } from './report.ts'
import type { WorkflowStore } from './workflowStore.ts'

export interface Publisher {
  /** Applies a fact; an urgent one is published at once, with all that came before it. */
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  /** Publishes what was applied. */
  readonly flush: () => void
}

export interface PublisherOptions {
  readonly store: WorkflowStore
  readonly throttle: Throttle
  /** Looks at what is about to be published, and at the tasks that were written, and may add to it. */
  readonly complete: (state: WorkflowStoreState, written: Iterable<TaskId | SubmitKey>) => WorkflowStoreState
  readonly published: (before: WorkflowStoreState, after: WorkflowStoreState) => void
}

// Clients may share a store: whoever begins to write publishes first what another has begun.
const writers = new WeakMap<WorkflowStore, () => void>()

/** Applies facts as they come, so that none has to be kept, and publishes what they came to once a frame. */
export function createPublisher({ store, throttle, complete, published }: PublisherOptions): Publisher {
  let batch: Batch | undefined

  const flush = (): void => {
    schedule.cancel()
    if (!batch) return
    const { base, drafts } = batch
    const state = complete(closeBatch(batch), drafts.keys())
    batch = undefined
    writers.delete(store)
    // A store from elsewhere may let its subscribers throw.
    report(() => { store.setState(state, true) })
    published(base, state)
  }
  const schedule = createFrameSchedule(throttle, flush)

  return {
    push(fact, isUrgent = false) {
      if (!batch) {
        writers.get(store)?.()
        writers.set(store, flush)
        batch = openBatch(store.getState())
      }
      applyFact(batch, fact)
      schedule.ask(isUrgent)
    },
    flush,
  }
}
