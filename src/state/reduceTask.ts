import type { WorkflowGraph } from '../protocol/graph.ts'
import { closeDraft, openDraft, openTurn, showTurn, writeBack } from './draft.ts'
import type { Draft } from './taskDraft.ts'
import type { TaskFact } from './fact.ts'
import { isSame } from './isSame.ts'
import { openLine, reduceEvent } from './reduceEvent.ts'
import { reduceRecord } from './reduceRecord.ts'
import { isLineError, settle, snapshotEnds } from './reduceSnapshot.ts'
import { isSettled } from './runStatus.ts'
import type { SubmitKey, TaskState } from './taskState.ts'

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
  const { task, notes } = draft
  switch (fact.kind) {
    case 'submitted':
      openTurn(draft, key, fact.input)
      // A line of its own, with ids of its own.
      Object.assign(draft.notes, { isNamed: false, canReplay: false, lastEventId: null, askedAt: fact.at })
      task.status = 'submitting'
      task.taskId = fact.continues
      task.workflowId = task.canvasId = fact.workflowId
      task.connection = 'connecting'
      task.createdAt ??= fact.at
      return
    case 'opened':
      openLine(draft)
      return
    case 'received':
      reduceEvent(draft, draft, fact.event, fact.at)
      return
    case 'replayable':
      draft.notes.canReplay = fact.canReplay
      return
    case 'refused':
      Object.assign(task, { connection: 'closed', status: fact.error ? 'error' : 'idle', error: fact.error, isStopping: false })
      // A later turn that was refused leaves the task as it was.
      writeBack(draft)
      showTurn(draft, task.turns.find((turn) => turn.key === notes.before) ?? draft.known)
      return
    case 'dropped':
      if (isSettled(task.status)) return
      if (notes.end?.status) settle(draft, notes.end.status, notes.end, fact.at - task.clockSkewMs)
      else Object.assign(task, { connection: 'recovering', attempt: 1, retryAt: fact.retryAt ?? fact.at })
      return
    case 'retrying':
      if (!isSettled(task.status)) Object.assign(task, { connection: 'recovering', attempt: fact.attempt, retryAt: fact.retryAt })
      return
    case 'offline':
      if (!isSettled(task.status)) task.connection = 'offline'
      return
    case 'lost':
      if (isSettled(task.status)) return
      task.connection = isLineError(fact.error) ? 'lost' : 'closed'
      task.error = fact.error
      task.isStopping = false
      return
    case 'followed':
      task.taskId = fact.taskId
      if (isSettled(task.status)) return
      task.connection = 'connecting'
      if (isLineError(task.error) || task.error?.phase === 'recover') task.error = null
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
      task.isStopping = false
      return
    case 'stopRequested':
      task.isStopping = !isSettled(task.status)
      return
    case 'stopAnswered':
      if (!fact.task?.status || !snapshotEnds(draft, fact.task)) return
      // Of a task that nothing was seen of, this is all that there is to show.
      if (task.turns.length === 0) reduceRecord(draft, { kind: 'polled', at: fact.at, askedAt: fact.at, task: fact.task, messages: [] })
      else settle(draft, fact.task.status, fact.task, fact.at - task.clockSkewMs)
      return
    case 'stopFailed':
      task.isStopping = false
      return
    case 'outputChecked': {
      // A validator may take so long that the next turn is under way.
      const { output, issues: outputIssues, turn: ended = key } = fact
      if (ended === task.key) {
        if (isSettled(task.status)) Object.assign(task, { output, outputIssues })
      } else if (task.turns.some((turn) => turn.key === ended && !isSame(turn, { ...turn, output, outputIssues }))) {
        task.turns = task.turns.map((turn) => (turn.key === ended ? { ...turn, output, outputIssues } : turn))
      }
      return
    }
    default: {
      const unhandled: never = fact
      return unhandled
    }
  }
}
