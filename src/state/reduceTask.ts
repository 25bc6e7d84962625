import type { WorkflowEvent } from '../protocol/events.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import { reuse } from './describeNode.ts'
import { closeDraft, forgetIndex, openDraft, openTurn, writeBack } from './draft.ts'
import type { Draft } from './draft.ts'
import type { TaskFact } from './fact.ts'
import { isSeenId, reduceEvent } from './reduceEvent.ts'
import { reduceRecord } from './reduceRecord.ts'
import { isLineError, settle, snapshotEnds } from './reduceSnapshot.ts'
import { isSettled } from './runStatus.ts'
import type { SubmitKey, TaskState, Turn } from './taskState.ts'

/**
 * Draws the conclusions of what happened to one task. Pure: no clock, no random, no network, and the very same
 * object when nothing changed. Facts given at once or one by one give the same state.
 */
export function reduceTask(task: TaskState, facts: readonly (TaskFact & { readonly key?: SubmitKey })[], graph?: WorkflowGraph): TaskState {
  const draft = openDraft(task, graph)
  for (const fact of facts) {
    // A frame of another task says nothing of this one.
    const { taskId } = fact.kind === 'received' ? fact.event : { taskId: undefined }
    if (taskId === undefined || taskId === (draft.task.taskId ??= taskId)) reduceFact(draft, fact, fact.key ?? '')
  }
  return closeDraft(draft)
}

export function reduceFact(draft: Draft, fact: TaskFact, key: SubmitKey): void {
  const { task, turn, notes } = draft
  switch (fact.kind) {
    case 'submitted':
      openTurn(draft, key, fact.input)
      draft.turn.status = 'submitting'
      // A line of its own, with ids of its own.
      Object.assign(draft.notes, { isNamed: false, lastEventId: null, askedAt: fact.at })
      task.taskId = fact.continues
      task.workflowId = task.canvasId = fact.workflowId
      task.connection = 'connecting'
      task.createdAt ??= fact.at
      return
    case 'opened':
      openLine(draft)
      return
    case 'received':
      if (receiveEvent(draft, draft, fact.event, fact.at)) openLine(draft)
      return
    case 'refused':
      task.connection = 'closed'
      turn.status = 'error'
      turn.error = fact.error
      // A later turn that was refused leaves the task as it was.
      writeBack(draft)
      showTurn(draft, notes.before)
      return
    case 'dropped':
      if (isSettled(turn.status)) return
      if (notes.end?.status !== undefined) {
        settle(draft, notes.end.status, notes.end, fact.at - turn.clockSkewMs)
        return
      }
      task.connection = 'recovering'
      return
    case 'retrying':
      if (!isSettled(turn.status)) Object.assign(task, { connection: 'recovering', attempt: fact.attempt, retryAt: fact.retryAt })
      return
    case 'offline':
      if (!isSettled(turn.status)) task.connection = 'offline'
      return
    case 'lost':
      if (isSettled(turn.status)) return
      task.connection = isLineError(fact.error) ? 'lost' : 'closed'
      turn.error = fact.error
      // Of a task that nobody could read there is no turn.
      if (task.turns.length === 0) task.error = fact.error
      return
    case 'followed':
      task.taskId = fact.taskId
      if (isSettled(turn.status)) return
      task.connection = 'connecting'
      if (turn.error && isLineError(turn.error)) turn.error = null
      if (task.turns.length === 0) task.error = null
      return
    case 'polled':
      reduceRecord(draft, fact)
      return
    case 'queued':
      task.queue = [...task.queue, fact.submit]
      return
    case 'unqueued':
      task.queue = task.queue.filter(({ key: other }) => other !== fact.submit)
      return
    case 'disconnected':
      task.connection = 'closed'
      return
    case 'stopRequested':
      turn.isStopping = !isSettled(turn.status)
      return
    case 'stopAnswered':
      if (fact.task?.status !== undefined && snapshotEnds(draft, fact.task)) settle(draft, fact.task.status, fact.task, fact.at - turn.clockSkewMs)
      return
    case 'stopFailed':
      turn.isStopping = false
      return
    case 'outputChecked':
      checkOutput(draft, fact.turn ?? key, fact.output, fact.issues)
      return
    default: {
      const unhandled: never = fact
      return unhandled
    }
  }
}

/** Gives a task an event of its own, unless its id on the line says that it was given before. False when it says nothing new. */
export function receiveEvent(draft: Draft, line: Draft, event: WorkflowEvent, at: number): boolean {
  const { id } = event
  if ((id !== undefined && isSeenId(line.notes.lastEventId, id)) || !reduceEvent(draft, event, at)) return false
  line.notes.lastEventId = id ?? line.notes.lastEventId
  return true
}

/** Something came on the line. */
export function openLine({ task, turn }: Draft): void {
  if (task.connection !== 'closed' && task.connection !== 'lost' && !isSettled(turn.status)) task.connection = 'open'
}

/** A validator may take so long that the next turn is under way. */
function checkOutput(draft: Draft, key: SubmitKey, output: unknown, outputIssues: Turn['outputIssues']): void {
  const { task, turn } = draft
  if (key === turn.key) {
    if (isSettled(turn.status)) Object.assign(turn, { output, outputIssues })
  } else {
    task.turns = reuse(task.turns, task.turns.map((other) => (other.key === key ? { ...other, output, outputIssues } : other)))
  }
}

/** Puts another turn on the flat fields. */
export function showTurn(draft: Draft, key: SubmitKey): void {
  const turn = draft.task.turns.find((other) => other.key === key)
  if (turn === undefined) return
  draft.turn = { ...turn }
  draft.notes = { ...turn.notes }
  forgetIndex(draft)
  writeBack(draft)
}
