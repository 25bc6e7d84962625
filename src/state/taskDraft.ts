import type { WorkflowGraph } from '../protocol/graph.ts'
import type { Sights } from './sights.ts'
import type { Mutable, Notes, TaskState, Turn } from './taskState.ts'

/** One task while a batch of facts is applied. */
export interface Draft {
  readonly base: TaskState
  /** The task, whose flat fields are those of the turn that is written. */
  readonly task: Mutable<TaskState>
  /** That turn as it was before. */
  known: Turn
  notes: Mutable<Notes>
  graph: WorkflowGraph | undefined
  sights: Sights | undefined
}
