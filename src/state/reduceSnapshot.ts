import type { WorkflowError } from '../errors.ts'
import type { TaskCreatedEvent, TaskFinishedEvent, TaskUpdatedEvent } from '../protocol/events.ts'
import type { Plan, TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import type { Draft } from './taskDraft.ts'
import { isAlike, keep } from './keep.ts'
import { canonicalId } from './resolveNode.ts'
import { isSettled } from './runStatus.ts'
import { add, endSights, homeOf, sightsOf } from './sights.ts'
import type { AuthRequest, Notes } from './taskState.ts'

/** Machines of the service tell times that differ by less. */
export const CLOCKS_DIFFER_MS = 250
/** The type of a sign-in that a connector of the workflow needs. */
const CONNECTOR = 'pending_eca_request'
/** So many things that were told at one time are told apart. */
const MAX_CONTENTS = 16

/** Takes over what the record in an event says. False for a copy. */
export function reduceSnapshot(draft: Draft, event: TaskCreatedEvent | TaskUpdatedEvent | TaskFinishedEvent, at: number): boolean {
  const { task, notes } = draft
  const { kind, time: sentAt, task: snapshot } = event
  const { status, startedAt } = snapshot
  const isOver = status !== undefined && isSettled(status)
  // An end may be heard of later than it was.
  const time = isOver ? Math.min(at, snapshot.finishedAt ?? at) : at
  const isNew = isNews(draft, 'task', sentAt, snapshot)
  if (isNew) {
    task.workflowId ??= snapshot.agentId
    task.createdAt = snapshot.createdAt ?? task.createdAt
    if (startedAt !== undefined && startedAt > notes.floorAt) task.startedAt = startedAt
    addChildren(draft, snapshot.subTaskIds)
    // A turn may begin with the record of the one before, which says how that one ended.
    if (kind === 'taskCreated') notes.lastExecutedNodeId = snapshot.lastExecutedNodeId ?? null
    else {
      notes.question ??= snapshot.inputText ?? null
      reduceProgress(draft, snapshot, sentAt, time)
    }
    if (isOver) {
      if (kind === 'taskUpdated') notes.end = snapshot
    } else if (status) {
      task.status = status
      task.rawStatus = snapshot.rawStatus ?? null
      notes.end = null
    }
  }
  // There is but one end, so it counts however late it comes.
  if (!isOver || kind !== 'taskFinished' || isEndBefore(task, snapshot)) return isNew
  settle(draft, status, snapshot, time)
  return true
}

/** The turn is over: nothing of it changes any more. */
export function settle(draft: Draft, status: TaskStatus, snapshot: Partial<TaskSnapshot>, at: number): void {
  const { task } = draft
  const { result = task.result, finishedAt = at, rawStatus = status } = snapshot
  Object.assign(task, {
    connection: 'closed', status, rawStatus, isStopping: false, waiting: null, auth: null, finishedAt, result, usage: keep(task.usage, snapshot.usage),
  })
  // The end is known after all; a complaint of the service itself stays.
  if (isLineError(task.error) || task.error?.phase === 'recover') task.error = null
  // The final result wins over the pieces that were streamed (xpander-api.md 7.3, `chunk`).
  if (result) task.text = result
  for (const home of sightsOf(draft).homes.values()) endSights(draft, home, finishedAt, true)
}

/** An error that only says that we do not see the run. */
export const isLineError = (error: WorkflowError | null): boolean => error?.code === 'connection_lost' || error?.code === 'stream_truncated'

/** Whether a record that was read ends the current turn; a record of the turn before does not (law 3: server times decide). */
export function snapshotEnds({ task, notes }: Draft, snapshot: TaskSnapshot): boolean {
  const { status = 'executing', finishedAt = Infinity } = snapshot
  const isInTime = finishedAt > notes.floorAt && finishedAt >= (notes.firstEventAt ?? 0) - CLOCKS_DIFFER_MS
  return isSettled(status) && !isSettled(task.status) && isInTime && !isEndBefore(task, snapshot)
}

/** Whether it ended with a turn before; the time of an end may be of another clock than that of the frames. */
const isEndBefore = ({ turns }: Draft['task'], { finishedAt = Infinity }: TaskSnapshot): boolean =>
  turns.slice(0, -1).some((turn) => turn.finishedAt !== null && turn.finishedAt >= finishedAt)

export function addChildren({ task }: Draft, ids: readonly string[]): void {
  const fresh = ids.filter((id) => id !== task.taskId && !task.childTaskIds.includes(id))
  if (fresh.length > 0) task.childTaskIds = [...task.childTaskIds, ...fresh]
}

/**
 * Whether this is neither older than what was told last under that name nor a copy of it. Where times do not tell, the
 * content does; it is only written out then.
 */
export function isNews({ notes }: Draft, name: keyof Notes['told'], at: number | undefined, content: object): boolean {
  if (at === undefined) return true
  const last = notes.told[name]
  if (last && at < last.at) return false
  const contents = last?.at === at ? last.contents : []
  if (contents.some((other) => isAlike(other, content))) return false
  notes.told = { ...notes.told, [name]: { at, contents: [...contents, content].slice(-MAX_CONTENTS) } }
  return true
}

/** Takes over a plan; the one we have stays as long as the new one says the same. False for a copy. */
export function takePlan(draft: Draft, at: number | undefined, plan: Plan): boolean {
  if (!isNews(draft, 'plan', at, plan)) return false
  draft.task.plan = keep(draft.task.plan, plan)
  return true
}

/** Takes over a sign-in that is asked for; the one we have stays as long as the new one asks for the same. False for a copy. */
export function takeAuth(draft: Draft, at: number | undefined, time: number, asked: Omit<AuthRequest, 'at'>): boolean {
  const { task } = draft
  if (!isNews(draft, 'auth', at, asked)) return false
  const auth = { ...asked, at: time }
  if (asked.type === 'token_ready') task.auth = null
  else if (!isAlike({ ...task.auth, at: time }, auth)) task.auth = auth
  return true
}

function reduceProgress(draft: Draft, snapshot: TaskSnapshot, sentAt: number | undefined, time: number): void {
  const { task, notes, graph } = draft
  const { status, result, plan, connectorAuth, lastExecutedNodeId } = snapshot
  if (result !== undefined) task.result = result
  task.usage = keep(task.usage, snapshot.usage)
  // Every full record has a plan; that of a run without one is empty.
  if (plan && (plan.isEnabled || plan.tasks.length > 0)) takePlan(draft, sentAt, plan)
  reduceWaiting(draft, snapshot, time)
  if (connectorAuth) {
    takeAuth(draft, sentAt, time, { type: CONNECTOR, url: connectorAuth.url ?? null, serverName: connectorAuth.name ?? null, message: null })
  } else if (task.auth?.type === CONNECTOR && status && status !== 'paused') task.auth = null

  if (lastExecutedNodeId === undefined) return
  const id = canonicalId(graph, lastExecutedNodeId)
  // A record repeats the node until another one has run, so only a change tells that a node has run; and what was
  // told as the turn began is true again when the turn ends with it.
  const isChange = lastExecutedNodeId !== notes.lastExecutedNodeId
  notes.lastExecutedNodeId = lastExecutedNodeId
  if (task.waiting?.nodeId === id) return
  if (isChange || (status === 'completed' && !sightsOf(draft).homes.get(id)?.seen.some(({ what }) => typeof what === 'number'))) add(draft, id, time)
}

function reduceWaiting(draft: Draft, { approval, pausedAt, status }: TaskSnapshot, time: number): void {
  const { task, notes, graph } = draft
  const { waiting } = task
  const isAsking = status === 'paused' && approval !== undefined
  const nodeId = approval?.nodeId === undefined ? null : canonicalId(graph, approval.nodeId)
  if (waiting && status && (isAsking ? waiting.nodeId !== nodeId : status !== 'paused')) {
    task.waiting = null
    // A run that ends while it waits ends the wait with its own outcome.
    if (waiting.nodeId !== null && !isSettled(status)) endSights(draft, homeOf(draft, waiting.nodeId), time, false)
  }
  if (!isAsking) return
  const { title = null, description = null } = approval
  // Of a second pause the record may still have the time of the first.
  const since = task.waiting?.since ?? (pausedAt !== undefined && pausedAt > notes.lastEventAt ? pausedAt : time)
  if (nodeId !== null && !task.waiting) add(draft, nodeId, { reason: 'approval', startedAt: since, endedAt: null })
  task.waiting = keep(task.waiting, { nodeId, title, description, since })
}
