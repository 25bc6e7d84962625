import type { TaskSnapshot, TaskStatus } from '../protocol/task.ts'
import type { Draft } from './draft.ts'
import { resolveNode } from './resolveNode.ts'
import type { AuthRequest, NodeId } from './taskState.ts'
import { isSettled } from './taskState.ts'
import { endTimeline, nodeExecuted, nodeWaited, nodeWaits, outcomeOf } from './timeline.ts'

/** Takes over what a task record says; `isEnd` when it came as `task_finished`. False when it is older than what we know. */
export function reduceSnapshot(draft: Draft, snapshot: TaskSnapshot, time: number, isEnd: boolean): boolean {
  const { task, memory } = draft
  if (time < memory.snapshotAt) return false
  const isNew = time > memory.snapshotAt
  memory.snapshotAt = time
  task.workflowId ??= snapshot.agentId
  task.createdAt = snapshot.createdAt ?? task.createdAt
  task.startedAt = snapshot.startedAt ?? task.startedAt
  task.rawStatus = snapshot.rawStatus ?? task.rawStatus
  task.result = snapshot.result ?? task.result
  task.plan = keep(task.plan, snapshot.plan)
  task.usage = keep(task.usage, snapshot.usage)
  const children = snapshot.subTaskIds.filter((id) => id !== task.taskId && !task.childTaskIds.includes(id))
  if (children.length > 0) task.childTaskIds = [...task.childTaskIds, ...children]
  reduceWaiting(draft, snapshot, time)
  reduceExecuted(draft, snapshot.lastExecutedNodeId, time)

  const { status } = snapshot
  if (status === undefined) return isNew
  if (!isSettled(status)) task.status = status
  else if (isEnd) settle(draft, status, snapshot, time)
  else memory.endStatus = status
  return isNew
}

/** The turn is over: nothing of it changes any more. */
export function settle(draft: Draft, status: TaskStatus, snapshot: TaskSnapshot | undefined, at: number): void {
  const { task, memory } = draft
  const finishedAt = snapshot?.finishedAt ?? at
  task.status = status
  task.rawStatus = snapshot?.rawStatus ?? status
  task.isStopping = false
  task.waiting = null
  task.auth = null
  task.connection = 'closed'
  task.finishedAt = finishedAt
  task.result = snapshot?.result ?? task.result
  task.usage = keep(task.usage, snapshot?.usage)
  if (task.result) {
    // The final result wins over the pieces that were streamed (xpander-api.md 7.3, `chunk`).
    task.text = task.result
    memory.settledText = task.result
    memory.tailText = ''
  }
  endTimeline(draft, outcomeOf(status), finishedAt)
}

/** Whether a record that was read ends the current turn; a record of the turn before does not (law 3: server times decide). */
export function snapshotEnds({ task, memory }: Draft, { status, finishedAt }: TaskSnapshot): boolean {
  if (status === undefined || !isSettled(status) || isSettled(task.status)) return false
  if (finishedAt === undefined) return true
  const before = task.turns.at(-2)
  return finishedAt !== before?.finishedAt && (memory.firstEventAt === null || finishedAt >= memory.firstEventAt)
}

/** The value we have, as long as the new one says the same. */
export function keep<Value>(known: Value, next: Value | undefined): Value {
  return next === undefined || JSON.stringify(next) === JSON.stringify(known) ? known : next
}

function reduceWaiting(draft: Draft, snapshot: TaskSnapshot, time: number): void {
  const { task } = draft
  const { approval, connectorAuth, status } = snapshot
  if (status === 'paused' && approval) {
    const nodeId = approval.nodeId === undefined ? undefined : resolve(draft, approval.nodeId)
    const since = task.waiting?.since ?? snapshot.pausedAt ?? time
    task.waiting = keep(task.waiting, {
      nodeId: nodeId ?? null,
      title: approval.title ?? null,
      description: approval.description ?? null,
      since,
    })
    if (nodeId !== undefined) nodeWaits(draft, nodeId, since)
  } else if (task.waiting && status !== undefined && status !== 'paused') {
    if (task.waiting.nodeId !== null && !isSettled(status)) nodeWaited(draft, task.waiting.nodeId, time)
    task.waiting = null
  }
  if (connectorAuth) {
    const auth: AuthRequest = {
      type: 'pending_eca_request',
      url: connectorAuth.url ?? null,
      serverName: connectorAuth.name ?? null,
      message: null,
      at: task.auth?.type === 'pending_eca_request' ? task.auth.at : time,
    }
    task.auth = keep(task.auth, auth)
  } else if (task.auth?.type === 'pending_eca_request' && status !== undefined && status !== 'paused') {
    task.auth = null
  }
}

/** A record repeats the node until another one has run, so only a change tells that a node has run. */
function reduceExecuted(draft: Draft, id: NodeId | undefined, time: number): void {
  if (id === undefined || draft.memory.lastExecutedNodeId === id) return
  draft.memory.lastExecutedNodeId = id
  nodeExecuted(draft, resolve(draft, id), time)
}

const resolve = (draft: Draft, nodeId: NodeId): NodeId => resolveNode({ nodeId }, draft.graph, () => false, null) ?? nodeId
