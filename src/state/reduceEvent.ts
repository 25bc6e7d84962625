import { WorkflowError } from '../errors.ts'
import type { TaskCreatedEvent, WorkflowEvent } from '../protocol/events.ts'
import { openTurn } from './draft.ts'
import type { Draft } from './taskDraft.ts'
import { CLOCKS_DIFFER_MS, isNews, reduceSnapshot, takeAuth, takePlan } from './reduceSnapshot.ts'
import { reduceCall, reduceReasoning, reduceTrigger } from './reduceStep.ts'
import { isSettled } from './runStatus.ts'

/** Pieces are joined once they make this much and an eighth of what was joined before, so that little is joined often. */
const FLAT_LENGTH = 4096

/**
 * Gives a task an event of its own that came on this line. False when that says nothing new: it is a copy, too late, or
 * of a turn before.
 */
export function reduceEvent(draft: Draft, line: Draft, event: WorkflowEvent, at: number): boolean {
  const { task } = draft
  const { id } = event
  if (isPast(draft, event) || (id !== undefined && isSeenId(line.notes.lastEventId, id))) return false
  // Without a time of its own an event happened now, and after what came before it.
  const time = event.time ?? Math.max(at - task.clockSkewMs, draft.notes.lastEventAt)
  if (event.kind === 'taskCreated' ? !beginTurn(draft, event) : isSettled(task.status)) return false
  if (task.turns.length === 0) begin(draft, '', null)
  const { notes } = draft
  task.startedAt ??= time
  if (event.time !== undefined && notes.firstEventAt === null) {
    notes.firstEventAt = time
    task.clockSkewMs = at - time
  }
  if (task.status === 'submitting') task.status = 'pending'
  if (!reduceKind(draft, event, time)) return false
  if (event.kind !== 'malformed') task.eventCount += 1
  if (event.time !== undefined && time > notes.lastEventAt) notes.lastEventAt = time
  if (id !== undefined) line.notes.lastEventId = id
  openLine(line)
  return true
}

/** Something came on the line. */
export function openLine({ task }: Draft): void {
  if (task.connection !== 'closed' && task.connection !== 'lost' && !isSettled(task.status)) task.connection = 'open'
}

/** What is no later than the turns before, or earlier than this one, is from then. */
export const isPast = ({ task, notes }: Draft, { time }: WorkflowEvent): boolean =>
  time !== undefined && (time <= notes.floorAt || (task.turns.length > 1 && time < notes.createdAt - CLOCKS_DIFFER_MS))

function reduceKind(draft: Draft, event: WorkflowEvent, time: number): boolean {
  const { task, notes } = draft
  switch (event.kind) {
    case 'chunk':
      task.text += event.text
      if (task.text.length - notes.flatLength < FLAT_LENGTH + notes.flatLength / 8) return true
      // Many small pieces weigh several times their text. Taken apart where nothing is, they are joined for good; an
      // engine may leave out a look at a character whose answer nobody uses.
      task.text = task.text.split('\0').join('\0')
      notes.flatLength = task.text.length
      return true
    case 'taskCreated':
    case 'taskUpdated':
    case 'taskFinished':
      return reduceSnapshot(draft, event, time)
    case 'toolCallRequest':
    case 'toolCallResult':
      return reduceCall(draft, event, time)
    case 'subAgentTrigger':
      return reduceTrigger(draft, event, time)
    case 'think':
    case 'analyze':
      return reduceReasoning(draft, event, time)
    case 'planUpdated':
      return takePlan(draft, event.time, event.plan)
    case 'authEvent': {
      const { authType: type, url = null, serverName = null, message = null } = event
      return takeAuth(draft, event.time, time, { type, url, serverName, message })
    }
    case 'error':
      if (!isNews(draft, 'error', event.time, [event.message])) return false
      if (task.error?.message !== event.message) task.error = new WorkflowError('server_error', 'stream', event.message)
      return true
    case 'malformed':
      task.malformedCount += 1
      return true
    default:
      // The others say nothing of the state, and only their time tells whether they are copies.
      return event.time === undefined || time > notes.lastEventAt
  }
}

/**
 * `task_created` of a known task is a new turn, not a copy (xpander-api.md 11), unless we opened the turn ourselves
 * or it is no newer than the one that we have. False when it is a copy.
 */
function beginTurn(draft: Draft, { time, taskId, task: { inputText } }: TaskCreatedEvent): boolean {
  const { task, notes } = draft
  const isOver = isSettled(task.status)
  if (task.turns.length === 0 || !notes.awaitsCreated || isOver) {
    const isKnown = time === undefined ? !isOver : time <= (isOver ? notes.lastEventAt : notes.createdAt)
    if (task.turns.length > 0 && isKnown) return false
    begin(draft, `${taskId ?? task.taskId ?? ''}#${task.turns.length}`, inputText === undefined ? null : { text: inputText })
  }
  draft.notes.awaitsCreated = false
  draft.notes.createdAt = time ?? -Infinity
  return true
}

/** A turn that nobody here asked for. */
function begin(draft: Draft, ...turn: [key: string, input: Draft['task']['input']]): void {
  openTurn(draft, ...turn)
  draft.task.connection = 'open'
}

/** Ids that end in a number and begin alike are in order; others only tell an immediate copy. */
export function isSeenId(last: string | null, id: string): boolean {
  if (last === null || last === id) return last === id
  // More digits than a number keeps belong to the beginning.
  const [before, now] = [last, id].map((text) => /\d{1,15}$/.exec(text))
  return !!before && !!now && last.slice(0, before.index) === id.slice(0, now.index) && Number(now[0]) <= Number(before[0])
}
