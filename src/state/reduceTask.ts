import { WorkflowError } from '../errors.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import { closeDraft, openDraft, openTurn, writeBack } from './draft.ts'
import type { Draft } from './draft.ts'
import type { TaskFact } from './fact.ts'
import { reduceEvent } from './reduceEvent.ts'
import { settle, snapshotEnds } from './reduceSnapshot.ts'
import type { SubmitKey, TaskState } from './taskState.ts'
import { isSettled } from './taskState.ts'

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
  const { task, memory } = draft
  switch (fact.kind) {
    case 'submitted':
      writeBack(draft)
      memory.before = { ...task, memory: { ...memory, before: null } }
      openTurn(draft, key, fact.input)
      memory.awaitsCreated = true
      memory.isNamed = false
      memory.canvasId = fact.workflowId
      task.workflowId = fact.workflowId
      task.status = 'submitting'
      task.connection = 'connecting'
      task.createdAt ??= fact.at
      return
    case 'opened':
      if (task.connection === 'connecting') task.connection = 'open'
      return
    case 'received':
      task.connection = isSettled(task.status) ? task.connection : 'open'
      reduceEvent(draft, fact.event, fact.at)
      return
    case 'refused':
      refuse(draft, fact.error)
      return
    case 'dropped':
      if (isSettled(task.status)) return
      if (memory.endStatus !== null) {
        settle(draft, memory.endStatus, undefined, fact.at)
        return
      }
      task.connection = 'lost'
      task.error = fact.error
      return
    case 'disconnected':
      task.connection = 'closed'
      return
    case 'stopRequested':
      task.isStopping = !isSettled(task.status)
      return
    case 'stopAnswered':
      if (fact.task?.status !== undefined && snapshotEnds(draft, fact.task)) {
        settle(draft, fact.task.status, fact.task, fact.at)
      }
      return
    case 'stopFailed':
      task.isStopping = false
      return
    case 'outputChecked':
      task.output = fact.output
      task.outputIssues = fact.issues
      return
    default: {
      const unhandled: never = fact
      return unhandled
    }
  }
}

/** A first submit that was refused is the task's own error; a later one leaves the task as it was. */
function refuse(draft: Draft, error: WorkflowError): void {
  const { task, memory } = draft
  const { before } = memory
  task.status = 'error'
  task.error = error
  task.connection = 'closed'
  if (before === null || before.turns.length === 0) return
  writeBack(draft)
  Object.assign(task, before, { turns: task.turns, error })
  Object.assign(memory, before.memory, { isRefused: true })
}

