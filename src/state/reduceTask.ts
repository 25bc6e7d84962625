import type { WorkflowGraph } from '../protocol/graph.ts'
import { closeDraft, forgetCalls, openDraft, openTurn, writeBack } from './draft.ts'
import type { Draft } from './draft.ts'
import type { TaskFact } from './fact.ts'
import { reduceEvent } from './reduceEvent.ts'
import { settle, snapshotEnds } from './reduceSnapshot.ts'
import { isSettled } from './taskState.ts'
import type { SubmitKey, TaskState, Turn } from './taskState.ts'

/**
 * Draws the conclusions of what happened to one task. Pure: no clock, no random, no network, and the very same
 * object when nothing changed. Facts given at once or one by one give the same state.
 */
export function reduceTask(task: TaskState, facts: readonly (TaskFact & { readonly key?: SubmitKey })[], graph?: WorkflowGraph): TaskState {
  const draft = openDraft(task, graph)
  for (const fact of facts) reduceFact(draft, fact, fact.key ?? '')
  return closeDraft(draft)
}

export function reduceFact(draft: Draft, fact: TaskFact, key: SubmitKey): void {
  const { task, turn, notes } = draft
  switch (fact.kind) {
    case 'submitted':
      openTurn(draft, key, fact.input)
      draft.turn.status = 'submitting'
      task.workflowId = task.canvasId = fact.workflowId
      task.connection = 'connecting'
      task.createdAt ??= fact.at
      return
    case 'opened':
      if (task.connection === 'connecting') task.connection = 'open'
      return
    case 'received':
      if (!isSettled(turn.status)) task.connection = 'open'
      reduceEvent(draft, fact.event, fact.at)
      return
    case 'refused':
      task.connection = 'closed'
      turn.status = 'error'
      turn.error = fact.error
      // A later turn that was refused leaves the task as it was.
      writeBack(draft)
      if (task.turns.length > 1) showTurn(draft, task.turns.length - 2)
      return
    case 'dropped':
      if (isSettled(turn.status)) return
      if (notes.endStatus !== null) {
        settle(draft, notes.endStatus, {}, fact.at)
        return
      }
      task.connection = 'lost'
      turn.error = fact.error
      return
    case 'disconnected':
      task.connection = 'closed'
      return
    case 'stopRequested':
      turn.isStopping = !isSettled(turn.status)
      return
    case 'stopAnswered':
      if (fact.task?.status !== undefined && snapshotEnds(draft, fact.task)) settle(draft, fact.task.status, fact.task, fact.at)
      return
    case 'stopFailed':
      turn.isStopping = false
      return
    case 'outputChecked':
      checkOutput(draft, key, fact.output, fact.issues)
      return
    default: {
      const unhandled: never = fact
      return unhandled
    }
  }
}

/** A validator may take so long that the next turn is under way. */
function checkOutput(draft: Draft, key: SubmitKey, output: unknown, outputIssues: Turn['outputIssues']): void {
  const { task, turn } = draft
  if (key === turn.key) {
    if (isSettled(turn.status)) Object.assign(turn, { output, outputIssues })
  } else {
    task.turns = task.turns.map((other) => (other.key === key ? { ...other, output, outputIssues } : other))
  }
}

/** Puts another turn on the flat fields. */
export function showTurn(draft: Draft, position: number): void {
  const turn = draft.task.turns[position]
  if (turn === undefined) return
  draft.turn = { ...turn }
  draft.notes = { ...turn.notes }
  forgetCalls(draft)
  writeBack(draft)
}
