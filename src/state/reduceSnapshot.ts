import type { TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import { editSight } from './draft.ts'
import type { Draft } from './draft.ts'
import { canonicalId } from './resolveNode.ts'
import { isSettled } from './taskState.ts'

/** The type of a sign-in that a connector of the workflow needs. */
const CONNECTOR = 'pending_eca_request'

/** Takes over what a task record says; `isEnd` when it came as `task_finished`. */
export function reduceSnapshot(draft: Draft, snapshot: TaskSnapshot, time: number, isEnd: boolean): void {
  const { task, turn, notes } = draft
  const { status, connectorAuth } = snapshot
  if (time < notes.snapshotAt) return
  notes.snapshotAt = time
  task.workflowId ??= snapshot.agentId
  task.createdAt = snapshot.createdAt ?? task.createdAt
  turn.startedAt = snapshot.startedAt ?? turn.startedAt
  turn.rawStatus = snapshot.rawStatus ?? turn.rawStatus
  turn.result = snapshot.result ?? turn.result
  turn.plan = keep(turn.plan, snapshot.plan)
  turn.usage = keep(turn.usage, snapshot.usage)
  addChildren(draft, snapshot.subTaskIds)
  reduceWaiting(draft, snapshot, time)
  const isConnector = turn.auth?.type === CONNECTOR
  if (connectorAuth) {
    const { name = null, url = null } = connectorAuth
    const at = (isConnector && turn.auth?.at) || time
    turn.auth = keep(turn.auth, { type: CONNECTOR, url, serverName: name, message: null, at })
  } else if (isConnector && status && status !== 'paused') turn.auth = null

  // A record repeats the node until another one has run, so only a change tells that a node has run.
  const nodeId = snapshot.lastExecutedNodeId
  if (nodeId !== undefined && nodeId !== notes.lastExecutedNodeId) {
    notes.lastExecutedNodeId = nodeId
    editSight(draft, canonicalId(draft.graph, nodeId)).executions.push(time)
  }
  if (status === undefined) return
  if (!isSettled(status)) turn.status = status
  else if (isEnd) settle(draft, status, snapshot, time)
  else notes.endStatus = status
}

/** The turn is over: nothing of it changes any more. */
export function settle(draft: Draft, status: TaskStatus, snapshot: Partial<TaskSnapshot>, at: number): void {
  const { task, turn, notes } = draft
  task.connection = 'closed'
  Object.assign(turn, {
    status,
    rawStatus: snapshot.rawStatus ?? status,
    isStopping: false,
    waiting: null,
    auth: null,
    finishedAt: snapshot.finishedAt ?? at,
    result: snapshot.result ?? turn.result,
    usage: keep(turn.usage, snapshot.usage),
  })
  if (turn.result) {
    // The final result wins over the pieces that were streamed (xpander-api.md 7.3, `chunk`).
    turn.text = notes.settledText = turn.result
    notes.tailText = ''
  }
  for (const id of turn.nodeOrder) editSight(draft, id)
  const unassigned = turn.unassigned.length > 0 ? editSight(draft, '').steps : []
  unassigned.forEach((step, at) => {
    if (step.status === 'running') unassigned[at] = { ...step, status: 'unanswered', endedAt: turn.finishedAt }
  })
}

/** Whether a record that was read ends the current turn; a record of the turn before does not (law 3: server times decide). */
export function snapshotEnds({ task, turn, notes }: Draft, { status, finishedAt }: TaskSnapshot): boolean {
  if (!status || !isSettled(status) || isSettled(turn.status)) return false
  if (finishedAt === undefined) return true
  return finishedAt !== task.turns.at(-2)?.finishedAt && finishedAt >= (notes.firstEventAt ?? finishedAt)
}

export function addChildren({ task }: Draft, ids: readonly string[]): void {
  const fresh = ids.filter((id) => id !== task.taskId && !task.childTaskIds.includes(id))
  if (fresh.length > 0) task.childTaskIds = [...task.childTaskIds, ...fresh]
}

/** The value we have, as long as the new one says the same. */
export function keep<Value>(known: Value, next: Value | undefined): Value {
  return next === undefined || JSON.stringify(next) === JSON.stringify(known) ? known : next
}

function reduceWaiting(draft: Draft, { approval, pausedAt, status }: TaskSnapshot, time: number): void {
  const { turn } = draft
  const { waiting } = turn
  if (status === 'paused' && approval) {
    const nodeId = approval.nodeId === undefined ? null : canonicalId(draft.graph, approval.nodeId)
    const since = waiting?.since ?? pausedAt ?? time
    const { title = null, description = null } = approval
    turn.waiting = keep(waiting, { nodeId, title, description, since })
    if (nodeId !== null && nodeId !== waiting?.nodeId) {
      editSight(draft, nodeId).waits.push({ reason: 'approval', startedAt: since, endedAt: null })
    }
  } else if (waiting && status && status !== 'paused') {
    turn.waiting = null
    // A run that ends while it waits ends the wait with its own outcome.
    if (waiting.nodeId === null || isSettled(status)) return
    const { waits } = editSight(draft, waiting.nodeId)
    waits.forEach((wait, at) => { waits[at] = { ...wait, endedAt: wait.endedAt ?? time } })
  }
}
