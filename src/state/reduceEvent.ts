import { WorkflowError } from '../errors.ts'
import type {
  AnalyzeEvent, SubAgentTriggerEvent, TaskCreatedEvent, ThinkEvent, ToolCallRequestEvent, ToolCallResultEvent, WorkflowEvent,
} from '../protocol/events.ts'
import { UNASSIGNED, isCopy, move, openTurn, placesOf, put, stepAt } from './draft.ts'
import type { Draft } from './draft.ts'
import { addChildren, isNews, keep, keepAuth, reduceSnapshot } from './reduceSnapshot.ts'
import { resolveNode } from './resolveNode.ts'
import type { NodeHints } from './resolveNode.ts'
import { callNames } from './stepIndex.ts'
import { own } from './own.ts'
import { isSettled } from './runStatus.ts'
import type { NodeId, ReasoningStep, Step, SubAgentStep, ToolCallStep } from './taskState.ts'

/** Pieces are joined once they make this much; until then they are what they are. */
const FLAT_LENGTH = 4096

/** Applies one decoded frame of this task. False when it is none of the turn that is under way: a copy, or too late. */
export function reduceEvent(draft: Draft, event: WorkflowEvent, at: number): boolean {
  if (isPast(draft, event)) return false
  // Without a time of its own an event happened now, and after what came before it.
  const time = event.time ?? Math.max(at - draft.turn.clockSkewMs, draft.notes.lastEventAt)
  if (event.kind === 'taskCreated' ? !beginTurn(draft, event) : isSettled(draft.turn.status)) return false
  const { task } = draft
  if (task.turns.length === 0) {
    openTurn(draft, '', null)
    task.connection = 'open'
  }
  const { turn, notes } = draft
  const { revision, told } = notes
  turn.startedAt ??= time
  if (event.time !== undefined && notes.firstEventAt === null) {
    notes.firstEventAt = time
    turn.clockSkewMs = at - time
  }
  if (turn.status === 'submitting') turn.status = 'pending'
  // Time tells a copy from an event; where it cannot, the content does.
  const isLater = time > notes.lastEventAt
  reduceKind(draft, event, time, !isLater || event.time === undefined)
  if (isLater || event.time === undefined || event.kind === 'chunk' || revision !== notes.revision || told !== notes.told) {
    if (event.kind !== 'malformed') turn.eventCount += 1
    draft.isNews = true
  }
  if (event.time !== undefined && isLater) notes.lastEventAt = time
  return true
}

/** What is no later than the turns before, or earlier than this one, is from then. */
export const isPast = ({ task, notes }: Draft, { time }: WorkflowEvent): boolean =>
  time !== undefined && (time <= notes.floorAt || (task.turns.length > 1 && time < notes.createdAt))

function reduceKind(draft: Draft, event: WorkflowEvent, time: number, mayBeCopy: boolean): void {
  const { turn, notes } = draft
  switch (event.kind) {
    case 'chunk':
      notes.tailText += event.text
      if (notes.tailText.length < FLAT_LENGTH) return
      // Many small pieces weigh several times their text. Taken apart where nothing is, they are joined for good; an
      // engine may leave out a look at a character whose answer nobody uses.
      notes.settledText += notes.tailText.split('\0').join('\0')
      notes.tailText = ''
      return
    case 'taskCreated':
    case 'taskUpdated':
    case 'taskFinished':
      reduceSnapshot(draft, event, time)
      return
    case 'toolCallRequest':
    case 'toolCallResult':
      reduceCall(draft, event, time, mayBeCopy)
      return
    case 'subAgentTrigger':
      reduceTrigger(draft, event, time, mayBeCopy)
      return
    case 'think':
    case 'analyze':
      reduceReasoning(draft, event, time, mayBeCopy)
      return
    case 'planUpdated':
      if (isNews(draft, 'plan', event.time, event.plan)) turn.plan = keep(turn.plan, event.plan)
      return
    case 'authEvent': {
      const { authType: type, url = null, serverName = null, message = null } = event
      const auth = { type, url, serverName, message }
      if (isNews(draft, 'auth', event.time, auth)) turn.auth = type === 'token_ready' ? null : keepAuth(turn.auth, auth, time)
      return
    }
    case 'error':
      if (isNews(draft, 'error', event.time, [event.message]) && turn.error?.message !== event.message) {
        turn.error = new WorkflowError('server_error', 'stream', event.message)
      }
      return
    case 'malformed':
      turn.malformedCount += 1
      return
    default:
      // The others say nothing of the state.
  }
}

/**
 * `task_created` of a known task is a new turn, not a copy (xpander-api.md 11), unless we opened the turn ourselves
 * or it is no newer than the one that we have. False when it is a copy.
 */
function beginTurn(draft: Draft, { time, taskId, task: { inputText } }: TaskCreatedEvent): boolean {
  const { task, turn, notes } = draft
  const isOver = isSettled(turn.status)
  if (task.turns.length === 0 || !notes.awaitsCreated || isOver) {
    const isKnown = time === undefined ? !isOver : time <= (isOver ? notes.lastEventAt : notes.createdAt)
    if (task.turns.length > 0 && isKnown) return false
    openTurn(draft, `${taskId ?? task.taskId ?? ''}#${task.turns.length}`, inputText === undefined ? null : { text: inputText })
    task.connection = 'open'
  }
  draft.notes.awaitsCreated = false
  draft.notes.createdAt = time ?? -Infinity
  return true
}

/** A request and its result make one step, whichever comes first. */
function reduceCall(draft: Draft, event: ToolCallRequestEvent | ToolCallResultEvent, time: number, mayBeCopy: boolean): void {
  const { toolCallId = null, requestId = null, operationId = null, toolName = null, payload: input } = event
  const title = event.reasoning?.title ?? null
  const isResult = event.kind === 'toolCallResult'
  const isError = isResult && event.isError
  const output = isResult ? event.result : null
  const status = isError ? 'failed' : isResult ? 'completed' : 'running'
  const [startedAt, endedAt] = isResult ? [null, time] : [time, null]
  // Written out, because spreading into a longer object is many times slower.
  const step: ToolCallStep = {
    kind: 'toolCall', id: nextId(draft), attempt: null, status, startedAt, endedAt, title, toolName, operationId, toolCallId, requestId, input, output, isError,
  }
  if (mayBeCopy && isCopy(draft, step)) return
  const home = nodeFor(draft, event)
  for (const name of callNames(step, isResult)) {
    const place = placesOf(draft, name).findLast((other) => isOtherHalf(step, home, stepAt(draft, other), other.id))
    const other = place && stepAt(draft, place)
    if (!place || other?.kind !== 'toolCall') continue
    const whole = {
      ...other,
      toolCallId: other.toolCallId ?? toolCallId,
      requestId: other.requestId ?? requestId,
      operationId: other.operationId ?? operationId,
      toolName: other.toolName ?? toolName,
    }
    put(draft, place.id, isResult ? { ...whole, status, endedAt, output, isError } : { ...whole, startedAt, input, title }, place)
    return
  }
  // Without a time, a call that is still open tells its copy.
  if (!isResult && event.time === undefined && toolCallId !== null && placesOf(draft, callNames(step, true)[0] ?? '').length > 0) return
  put(draft, home, step)
}

/** Whether two halves make one call: their id says so, or nothing speaks against it. */
function isOtherHalf(half: ToolCallStep, home: NodeId, other: Step | undefined, otherHome: NodeId): boolean {
  if (other?.kind !== 'toolCall') return false
  const agree = (one: string | null, another: string | null): boolean => !one || !another || one === another
  const isInTime = half.startedAt === null ? (other.startedAt ?? 0) <= (half.endedAt ?? 0) : half.startedAt <= (other.endedAt ?? 0)
  const isNamed = half.toolCallId !== null && half.toolCallId === other.toolCallId
  return isInTime && (isNamed || (
    agree(half.toolCallId, other.toolCallId) && agree(half.requestId, other.requestId) &&
    agree(half.operationId, other.operationId) && agree(home, otherHome)
  ))
}

function reduceTrigger(draft: Draft, event: SubAgentTriggerEvent, time: number, mayBeCopy: boolean): void {
  const { agentId = null, childTaskId: taskId = null, triggerId = null, query = '' } = event
  const title = event.reasoning?.title ?? null
  const step = subAgentStep(draft, { startedAt: time, title, agentId, taskId, triggerId, query })
  if (mayBeCopy && isCopy(draft, step)) return
  if (taskId !== null) addChildren(draft, [taskId])
  const home = nodeFor(draft, event)
  // A child run may have shown up before its trigger.
  for (const place of placesOf(draft, taskId === null ? `unasked agent ${agentId}` : `unasked task ${taskId}`)) {
    const known = stepAt(draft, place)
    if (known?.kind !== 'subAgent') continue
    const whole = { ...known, startedAt: time, title, triggerId, query, agentId: agentId ?? known.agentId }
    if (place.id === UNASSIGNED && home !== UNASSIGNED) move(draft, place, home, whole)
    else put(draft, place.id, whole, place)
    return
  }
  put(draft, home, step)
}

function reduceReasoning(draft: Draft, event: ThinkEvent | AnalyzeEvent, time: number, mayBeCopy: boolean): void {
  const { kind, title = null, text = null, action = null, result = null, confidence = null } = event
  const step: ReasoningStep = {
    kind, id: nextId(draft), attempt: null, status: 'completed', startedAt: time, endedAt: time, title, text, action, result, confidence,
  }
  if (!mayBeCopy || !isCopy(draft, step)) put(draft, nodeFor(draft, event), step)
}

/** A sub-agent at work, as far as its trigger or its run tells. */
export const subAgentStep = (draft: Draft, { startedAt, title, agentId, taskId, triggerId, query }: Pick<SubAgentStep, 'startedAt' | 'title' | 'agentId' | 'taskId' | 'triggerId' | 'query'>): SubAgentStep =>
  ({ kind: 'subAgent', id: nextId(draft), attempt: null, status: 'running', startedAt, endedAt: null, title, agentId, taskId, triggerId, query })

/** The node that these hints lead to in this task, else the one that its run belongs to, else `UNASSIGNED`. */
export function nodeFor({ graph, turn, sights, task }: Draft, hints: NodeHints): NodeId {
  const isSeen = (id: NodeId): boolean => sights.has(id) || own(turn.nodes, id) !== undefined
  return resolveNode(hints, graph, isSeen) ?? task.parentNodeId ?? UNASSIGNED
}

/** A name for the next step. */
const nextId = ({ notes }: Draft): string => String(notes.revision)

/** Ids that end in a number and begin alike are in order; others only tell an immediate copy. */
export function isSeenId(last: string | null, id: string): boolean {
  if (last === null || last === id) return last === id
  // More digits than a number keeps belong to the beginning; and a look at a bounded end takes a bounded time.
  const digitsOf = (text: string): string => /\d*$/.exec(text.slice(-15))?.[0] ?? ''
  const [lastDigits, digits] = [digitsOf(last), digitsOf(id)]
  const isAlike = last.slice(0, last.length - lastDigits.length) === id.slice(0, id.length - digits.length)
  return lastDigits !== '' && digits !== '' && isAlike && Number(digits) <= Number(lastDigits)
}
