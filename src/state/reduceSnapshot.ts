import type { WorkflowError } from '../errors.ts'
import type { TaskCreatedEvent, TaskFinishedEvent, TaskUpdatedEvent } from '../protocol/events.ts'
import type { TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import { UNASSIGNED, editSight, stepsOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { isSame } from './isSame.ts'
import { canonicalId } from './resolveNode.ts'
import { own } from './own.ts'
import { isSettled } from './runStatus.ts'
import type { AuthRequest, NodeId, Told } from './taskState.ts'

/** The type of a sign-in that a connector of the workflow needs. */
const CONNECTOR = 'pending_eca_request'
/** So many things that were told at one time are told apart. */
const MAX_CONTENTS = 16

/** Takes over what the record in an event says. */
export function reduceSnapshot(draft: Draft, event: TaskCreatedEvent | TaskUpdatedEvent | TaskFinishedEvent, time: number): void {
  const { task, turn, notes } = draft
  const { kind, time: sentAt, task: snapshot } = event
  const { status } = snapshot
  if (isNews(draft, 'task', sentAt, snapshot)) {
    task.workflowId ??= snapshot.agentId
    task.createdAt = snapshot.createdAt ?? task.createdAt
    if (snapshot.startedAt !== undefined && snapshot.startedAt > notes.floorAt) turn.startedAt = snapshot.startedAt
    addChildren(draft, snapshot.subTaskIds)
    // A turn may begin with the record of the one before, which says how that one ended.
    if (kind === 'taskCreated') notes.lastExecutedNodeId = snapshot.lastExecutedNodeId ?? null
    else reduceProgress(draft, snapshot, sentAt, time)
    if (status !== undefined && !isSettled(status)) {
      Object.assign(turn, { status, rawStatus: snapshot.rawStatus })
      notes.end = null
    } else if (status !== undefined && kind === 'taskUpdated') notes.end = snapshot
  }
  // There is but one end, so it counts however late it comes.
  if (status !== undefined && isSettled(status) && kind === 'taskFinished') settle(draft, status, snapshot, time)
}

/** The turn is over: nothing of it changes any more. */
export function settle(draft: Draft, status: TaskStatus, snapshot: Partial<TaskSnapshot>, at: number): void {
  const { task, turn, notes } = draft
  const { result = turn.result, finishedAt = at, rawStatus = status } = snapshot
  task.connection = 'closed'
  Object.assign(turn, {
    status, rawStatus, isStopping: false, waiting: null, auth: null, finishedAt, result, usage: keep(turn.usage, snapshot.usage),
    // The end is known after all; a complaint of the service itself stays.
    error: turn.error && isLineError(turn.error) ? null : turn.error,
  })
  notes.lastEventAt = Math.max(notes.lastEventAt, finishedAt)
  if (result) {
    // The final result wins over the pieces that were streamed (xpander-api.md 7.3, `chunk`).
    turn.text = notes.settledText = result
    notes.tailText = ''
  }
  for (const id of turn.nodeOrder) editSight(draft, id)
  stepsOf(draft, UNASSIGNED).forEach((step, position) => {
    if (step.status === 'running') editSight(draft, UNASSIGNED).steps[position] = { ...step, status: 'unanswered', endedAt: finishedAt }
  })
}

/** An error that only says that we do not see the run. */
export const isLineError = ({ code }: WorkflowError): boolean => code === 'connection_lost' || code === 'stream_truncated'

/** Whether a record that was read ends the current turn; a record of the turn before does not (law 3: server times decide). */
export function snapshotEnds({ turn, notes }: Draft, { status, finishedAt }: TaskSnapshot): boolean {
  if (!status || !isSettled(status) || isSettled(turn.status)) return false
  return finishedAt === undefined || (finishedAt > notes.floorAt && finishedAt >= (notes.firstEventAt ?? finishedAt))
}

export function addChildren({ task }: Draft, ids: readonly string[]): void {
  const fresh = ids.filter((id) => id !== task.taskId && !task.childTaskIds.includes(id))
  if (fresh.length > 0) task.childTaskIds = [...task.childTaskIds, ...fresh]
}

/**
 * Whether this is neither older than what was told last under that name nor a copy of it. Where times do not tell, the
 * content does; it is only written out then.
 */
export function isNews({ notes }: Draft, name: string, time: number | undefined, content: object): boolean {
  if (time === undefined) return true
  const last = own(notes.told, name)
  if (last && time < last.at) return false
  let contents: Told['contents'] = [content]
  if (last?.at === time) {
    const word = JSON.stringify(content)
    const known = last.contents.map((other) => (typeof other === 'string' ? other : JSON.stringify(other)))
    if (known.includes(word)) return false
    contents = [...known.slice(1 - MAX_CONTENTS), word]
  }
  notes.told = { ...notes.told, [name]: { at: time, contents } }
  return true
}

/** The value we have, as long as the new one says the same. */
export function keep<Value>(known: Value, next: Value | undefined): Value {
  return next === undefined || JSON.stringify(next) === JSON.stringify(known) ? known : next
}

/** The sign-in we have, as long as the new one asks for the same. */
export function keepAuth(known: AuthRequest | null, next: Omit<AuthRequest, 'at'>, at: number): AuthRequest {
  return known && isSame(known, { ...next, at: known.at }) ? known : { ...next, at }
}

function reduceProgress(draft: Draft, snapshot: TaskSnapshot, sentAt: number | undefined, time: number): void {
  const { turn, notes, graph } = draft
  const { status, result, plan, connectorAuth, lastExecutedNodeId } = snapshot
  if (result !== undefined) turn.result = result
  turn.usage = keep(turn.usage, snapshot.usage)
  // Every full record has a plan; that of a run without one is empty.
  if (plan && (plan.isEnabled || plan.tasks.length > 0) && isNews(draft, 'plan', sentAt, plan)) turn.plan = keep(turn.plan, plan)
  reduceWaiting(draft, snapshot, time)
  if (connectorAuth) {
    const auth = { type: CONNECTOR, url: connectorAuth.url ?? null, serverName: connectorAuth.name ?? null, message: null }
    if (isNews(draft, 'auth', sentAt, auth)) turn.auth = keepAuth(turn.auth, auth, time)
  } else if (turn.auth?.type === CONNECTOR && status && status !== 'paused') turn.auth = null

  if (lastExecutedNodeId === undefined) return
  const id = canonicalId(graph, lastExecutedNodeId)
  // A record repeats the node until another one has run, so only a change tells that a node has run; and what was
  // told as the turn began is true again when the turn ends with it.
  const isChange = lastExecutedNodeId !== notes.lastExecutedNodeId
  const isFirst = !(draft.sights.get(id) ?? own(turn.nodes, id))?.executions.length
  notes.lastExecutedNodeId = lastExecutedNodeId
  if ((isChange || (isFirst && status === 'completed')) && turn.waiting?.nodeId !== id) editSight(draft, id).executions.push(time)
}

function reduceWaiting(draft: Draft, { approval, pausedAt, status }: TaskSnapshot, time: number): void {
  const { turn, notes } = draft
  const { waiting } = turn
  const isAsking = status === 'paused' && approval !== undefined
  const nodeId: NodeId | null = approval?.nodeId === undefined ? null : canonicalId(draft.graph, approval.nodeId)
  if (waiting && status && (isAsking ? waiting.nodeId !== nodeId : status !== 'paused')) {
    turn.waiting = null
    // A run that ends while it waits ends the wait with its own outcome.
    if (waiting.nodeId !== null && !isSettled(status)) {
      const { waits } = editSight(draft, waiting.nodeId)
      waits.forEach((wait, position) => { waits[position] = { ...wait, endedAt: wait.endedAt ?? time } })
    }
  }
  if (!isAsking) return
  const { title = null, description = null } = approval
  // Of a second pause the record may still have the time of the first.
  const since = turn.waiting?.since ?? (pausedAt !== undefined && pausedAt > notes.lastEventAt ? pausedAt : time)
  if (nodeId !== null && turn.waiting === null) editSight(draft, nodeId).waits.push({ reason: 'approval', startedAt: since, endedAt: null })
  turn.waiting = keep(turn.waiting, { nodeId, title, description, since })
}
