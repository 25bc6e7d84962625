import { WorkflowError } from '../errors.ts'
import { decodeMessage, isTaskEnd } from '../protocol/decodeEvent.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import type { Fact, TaskFact } from '../state/fact.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import type { Message, Transport, TransportRequest } from '../transport/transport.ts'
import { endOfLine } from './endOfLine.ts'
import { settledTurn } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'

/** Our hold on one submit, from its POST until it settled or we let go. */
export interface Line {
  readonly key: SubmitKey
  /** The task, once a frame names it; `undefined` when the line ends without. */
  readonly named: Promise<TaskId | undefined>
  readonly settled: Promise<SettledTurn>
  /** Ends the request. Says nothing about the run. */
  readonly close: (isDisconnect: boolean) => void
}

/** What a line needs of the client. */
export interface LineContext {
  readonly key: SubmitKey
  /** Resolves when the turn has ended and its output is checked; also when the client is destroyed. */
  readonly ended: Promise<void>
  readonly request: () => Promise<Omit<TransportRequest, 'signal'>>
  readonly transport: Transport
  readonly task: () => TaskState | undefined
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly flush: () => void
  readonly record: (event: WorkflowEvent) => void
  readonly onOpened: () => void
}

/** Sends one POST and reports what comes of it; the store draws the conclusions. */
export function openLine(context: LineContext): Line {
  const { key, push, flush } = context
  const controller = new AbortController()
  const { signal } = controller
  const sight: { hasFrames: boolean; taskId: TaskId | undefined; complaint: string | undefined } = {
    hasFrames: false, taskId: undefined, complaint: undefined,
  }
  let isSent = false
  let isOpened = false
  let isLetGo = false
  let name: (taskId: TaskId | undefined) => void
  const named = new Promise<TaskId | undefined>((resolve) => { name = resolve })

  const say = (fact: TaskFact, isUrgent?: boolean): void => { push({ ...fact, key }, isUrgent) }
  const hasEnded = (): boolean => isSettled(context.task()?.turns.find((turn) => turn.key === key)?.status ?? 'idle')
  // The service may have gone on to a turn of its own; the line is of no more use when that has ended.
  const isOver = (): boolean => {
    const task = context.task()
    return hasEnded() || (task !== undefined && task.key !== key && isSettled(task.status))
  }

  const opened = (): void => {
    if (isOpened) return
    isOpened = true
    say({ kind: 'opened' })
    context.onOpened()
  }

  const onMessage = (message: Message): void => {
    opened()
    const event = decodeMessage(message.data, message.id || undefined)
    if (event.kind !== 'malformed') sight.hasFrames = true
    if (event.kind === 'error') sight.complaint = event.message
    context.record(event)
    // Written out, because adding a field to a copy costs engines more than all else that is done with a small event.
    push({ kind: 'received', key, at: Date.now(), event })
    if (sight.taskId === undefined && event.taskId !== undefined) {
      sight.taskId = event.taskId
      name(event.taskId)
    }
    if (event.kind !== 'taskFinished' || !isTaskEnd(event) || (event.taskId !== undefined && event.taskId !== sight.taskId)) return
    flush()
    if (isOver()) controller.abort()
  }

  const run = async (): Promise<SettledTurn> => {
    let failure: unknown
    try {
      const request = await orAborted(context.request(), signal)
      isSent = true
      const fetch: typeof globalThis.fetch = async (...input) => {
        const response = await request.fetch(...input)
        if (response.ok) opened()
        return response
      }
      await context.transport({ ...request, fetch, signal }, onMessage)
    } catch (error) {
      const message = 'We let go of it before the request was sent'
      failure = isSent || error instanceof WorkflowError ? error : new WorkflowError('network', 'submit', message, { cause: error })
    }
    flush()
    if (!isOver() && !(isLetGo && isSent)) say(endOfLine(failure, sight, Date.now()), true)
    name(undefined)
    if (hasEnded()) await context.ended
    return settledTurn(context.task(), key, isLetGo)
  }

  return {
    key,
    named,
    settled: run(),
    close(isDisconnect) {
      if (isDisconnect && !isOver()) {
        isLetGo = true
        if (isSent) say({ kind: 'disconnected' }, true)
      }
      controller.abort()
    },
  }
}

/** What a submit answers that was not even tried. */
export function refusedLine(key: SubmitKey, error: WorkflowError): { key: SubmitKey; settled: Promise<SettledTurn> } {
  const settled: SettledTurn = {
    taskId: error.taskId, status: 'error', result: null, output: undefined, outputIssues: null, text: '', timeline: [],
    error, cause: 'refused',
  }
  return { key, settled: Promise.resolve(settled) }
}

/** The value, unless the signal says first that nobody waits for it any more. */
function orAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => { reject(signal.reason as Error) })
    value.then(resolve, reject)
  })
}
