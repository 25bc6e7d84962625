import { WorkflowError } from '../errors.ts'
import type {
  AnalyzeEvent, SubAgentTriggerEvent, TaskCreatedEvent, ThinkEvent, ToolCallRequestEvent, ToolCallResultEvent, WorkflowEvent,
} from '../protocol/events.ts'
import { UNASSIGNED, callKey, callsOf, editSight, openTurn, stepsOf } from './draft.ts'
import type { Draft } from './draft.ts'
import { keep, reduceSnapshot } from './reduceSnapshot.ts'
import { resolveNode } from './resolveNode.ts'
import type { NodeHints } from './resolveNode.ts'
import { isSettled, own } from './taskState.ts'
import type { NodeId, Step, SubAgentStep, ToolCallStep } from './taskState.ts'

/** Pieces are joined once they make this much; until then they are what they are. */
const FLAT_LENGTH = 4096

/** Applies one decoded frame of this task. A copy of a frame that was seen changes nothing. */
export function reduceEvent(draft: Draft, event: WorkflowEvent, at: number): void {
  const { notes } = draft
  if (event.id !== undefined && isSeenId(notes.lastEventId, event.id)) return
  // What is no later than the turns before is a copy from then.
  if (event.time !== undefined && event.time <= notes.floorAt) return
  const time = event.time ?? at
  if (event.kind === 'taskCreated' ? !beginTurn(draft, event, time) : isSettled(draft.turn.status)) return
  if (draft.task.turns.length === 0) openTurn(draft, '', null)
  reduceTurnEvent(draft, event, time, at)
}

function reduceTurnEvent(draft: Draft, event: WorkflowEvent, time: number, at: number): void {
  const { turn, notes } = draft
  const { revision } = notes
  notes.lastEventId = event.id ?? notes.lastEventId
  if (event.time !== undefined && notes.firstEventAt === null) {
    notes.firstEventAt = time
    turn.clockSkewMs = at - time
    turn.startedAt ??= time
  }
  if (turn.status === 'submitting') turn.status = 'pending'
  // Time tells a copy from an event; where it cannot, the content does.
  const isNew = event.time === undefined || time > notes.lastEventAt
  reduceKind(draft, event, time, !isNew || event.time === undefined)
  if (isNew || event.kind === 'chunk' || revision !== notes.revision) turn.eventCount += 1
  if (event.time !== undefined && event.kind !== 'chunk') notes.lastEventAt = Math.max(notes.lastEventAt, time)
}

function reduceKind(draft: Draft, event: WorkflowEvent, time: number, mayBeCopy: boolean): void {
  const { turn, notes } = draft
  switch (event.kind) {
    case 'chunk':
      notes.tailText += event.text
      if (notes.tailText.length < FLAT_LENGTH) return
      // Many small pieces weigh several times their text; asking for a character makes engines join them.
      notes.tailText.charCodeAt(0)
      notes.settledText += notes.tailText
      notes.tailText = ''
      return
    case 'taskCreated':
    case 'taskUpdated':
    case 'taskFinished':
      reduceSnapshot(draft, event.task, time, event.kind === 'taskFinished')
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
      if (time < notes.planAt) return
      notes.planAt = time
      turn.plan = keep(turn.plan, event.plan)
      return
    case 'authEvent': {
      if (time < notes.authAt) return
      notes.authAt = time
      const { authType: type, url = null, serverName = null, message = null } = event
      turn.auth = type === 'token_ready' ? null : keep(turn.auth, { type, url, serverName, message, at: time })
      return
    }
    case 'error':
      if (turn.error?.message !== event.message) turn.error = new WorkflowError('server_error', 'stream', event.message)
      return
    case 'malformed':
      turn.malformedCount += 1
  }
}

/**
 * `task_created` of a known task is a new turn, not a copy (xpander-api.md 11), unless we opened the turn ourselves
 * or it is no newer than the one that we have. False when it is a copy.
 */
function beginTurn(draft: Draft, event: TaskCreatedEvent, time: number): boolean {
  const { task, turn, notes } = draft
  const hasTurn = task.turns.length > 0
  if (!hasTurn || !notes.awaitsCreated) {
    if (hasTurn && (event.time === undefined ? !isSettled(turn.status) : time <= notes.createdAt)) return false
    const text = event.task.inputText
    openTurn(draft, `${task.taskId ?? ''}#${task.turns.length}`, text === undefined ? null : { text })
  }
  draft.notes.awaitsCreated = false
  if (event.time !== undefined) draft.notes.createdAt = time
  return true
}

/** A request and its result make one step, whichever comes first. */
function reduceCall(draft: Draft, event: ToolCallRequestEvent | ToolCallResultEvent, time: number, mayBeCopy: boolean): void {
  const isResult = event.kind === 'toolCallResult'
  const key = callKey(event)
  const calls = callsOf(draft)
  const half: Partial<ToolCallStep> = isResult
    ? { status: event.isError ? 'failed' : 'completed', endedAt: time, output: event.result, isError: event.isError }
    : { startedAt: time, input: event.payload, title: event.reasoning?.title ?? null }
  const home = nodeFor(draft, event)
  const id = calls.get(key) ?? home
  const steps = stepsOf(draft, id)
  const isSameCall = (step: Step): step is ToolCallStep => step.kind === 'toolCall' && callKey(step) === key
  if (mayBeCopy && steps.some((step) => isSameCall(step) && isCopyOf(step, half))) return
  if (calls.has(key)) {
    const position = steps.findLastIndex((step) =>
      isSameCall(step) && (isResult ? step.endedAt === null && (step.startedAt ?? 0) <= time : step.startedAt === null && (step.endedAt ?? 0) >= time),
    )
    const other = steps[position]
    if (other?.kind === 'toolCall') {
      put(draft, id, { ...other, ...half }, position)
      return
    }
    // The same call, still open, sent once more.
    if (!isResult && event.toolCallId && steps.some((step) => isSameCall(step) && step.endedAt === null)) return
  }
  calls.set(key, home)
  put(draft, home, {
    ...stepFields(draft, event.reasoning?.title),
    kind: 'toolCall',
    toolName: event.toolName ?? null,
    operationId: event.operationId ?? null,
    toolCallId: event.toolCallId ?? null,
    requestId: event.requestId ?? null,
    input: event.payload,
    output: null,
    isError: false,
    ...half,
  })
}

function isCopyOf(step: ToolCallStep, half: Partial<ToolCallStep>): boolean {
  const hasId = step.toolCallId ?? step.requestId
  const isSameContent = (one: unknown, other: unknown): boolean => hasId !== null || JSON.stringify(one) === JSON.stringify(other)
  return half.endedAt === undefined
    ? step.startedAt === half.startedAt && isSameContent(step.input, half.input)
    : step.endedAt === half.endedAt && isSameContent(step.output, half.output)
}

function reduceTrigger(draft: Draft, event: SubAgentTriggerEvent, time: number, mayBeCopy: boolean): void {
  const told = {
    startedAt: time, agentId: event.agentId ?? null, triggerId: event.triggerId ?? null, query: event.query ?? '', title: event.reasoning?.title ?? null,
  }
  const taskId = event.childTaskId ?? null
  if (mayBeCopy && findSubAgent(draft, (step) => keep(step, { ...step, ...told }) === step)) return
  // A child run may have shown up before its trigger.
  const early = draft.task.childTaskIds.length > 0 && findSubAgent(draft, (step) =>
    step.query === null && (taskId === null ? step.agentId === told.agentId : step.taskId === taskId))
  if (early) put(draft, early.id, { ...early.step, ...told, startedAt: early.step.startedAt }, early.position)
  else put(draft, nodeFor(draft, event), { ...stepFields(draft), kind: 'subAgent', taskId, ...told })
}

function reduceReasoning(draft: Draft, event: ThinkEvent | AnalyzeEvent, time: number, mayBeCopy: boolean): void {
  const { kind, title = null, text = null, action = null, result = null, confidence = null } = event
  const told = { kind, title, text, action, result, confidence, startedAt: time }
  const id = nodeFor(draft, event)
  if (mayBeCopy && stepsOf(draft, id).some((step) => keep(step, { ...step, ...told }) === step)) return
  put(draft, id, { ...stepFields(draft), ...told, status: 'completed', endedAt: time })
}

/** The node that these hints lead to in this task, else the one that its run belongs to, else `UNASSIGNED`. */
export function nodeFor({ graph, turn, sights, task }: Draft, hints: NodeHints): NodeId {
  const isSeen = (id: NodeId): boolean => sights.has(id) || own(turn.nodes, id) !== undefined
  return resolveNode(hints, graph, isSeen) ?? task.parentNodeId ?? UNASSIGNED
}

/** Finds a sub-agent's step anywhere in the turn. */
export function findSubAgent(draft: Draft, isIt: (step: SubAgentStep) => boolean): { id: NodeId; position: number; step: SubAgentStep } | undefined {
  for (const id of [UNASSIGNED, ...draft.turn.nodeOrder]) {
    const steps = stepsOf(draft, id)
    const position = steps.findIndex((step) => step.kind === 'subAgent' && isIt(step))
    const step = steps[position]
    if (step?.kind === 'subAgent') return { id, position, step }
  }
  return undefined
}

/** Writes a step, as a new one or in the place of what it was. */
export function put(draft: Draft, id: NodeId, step: Step, position?: number): void {
  const { steps } = editSight(draft, id)
  steps[position ?? steps.length] = step
  draft.notes.revision += 1
}

/** What every step begins with. */
export const stepFields = ({ notes }: Draft, title: string | null = null) =>
  ({ id: String(notes.revision), attempt: null, status: 'running', startedAt: null, endedAt: null, title }) as const

/** Ids that end in a number and begin alike are in order; others only tell an immediate copy. */
function isSeenId(last: string | null, id: string): boolean {
  const [, lastStem, lastNumber] = /^(.*?)(\d+)$/.exec(last ?? '') ?? []
  const [, stem, number] = /^(.*?)(\d+)$/.exec(id) ?? []
  return last === id || (stem !== undefined && stem === lastStem && Number(number) <= Number(lastNumber))
}
