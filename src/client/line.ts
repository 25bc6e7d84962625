import { WorkflowError } from '../errors.ts'
import { decodeMessage, isTaskEnd } from '../protocol/decodeEvent.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import { checkOutput } from '../protocol/standardSchema.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import type { Fact, TaskFact } from '../state/fact.ts'
import { isSettled } from '../state/taskState.ts'
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
  readonly schema: StandardSchema | undefined
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
  const { key, schema, push, flush } = context
  const controller = new AbortController()
  const sight: { hasFrames: boolean; taskId: TaskId | undefined; complaint: string | undefined } = {
    hasFrames: false, taskId: undefined, complaint: undefined,
  }
  let isSent = false
  let isOpened = false
  let isDisconnected = false
  let isChecked = false
  let name: (taskId: TaskId | undefined) => void
  const named = new Promise<TaskId | undefined>((resolve) => { name = resolve })

  const say = (fact: TaskFact, isUrgent?: boolean): void => { push({ ...fact, key }, isUrgent) }
  const turn = (): TaskState['turns'][number] | undefined => context.task()?.turns.find((other) => other.key === key)
  const isOver = (): boolean => isSettled(turn()?.status ?? 'idle')

  const opened = (): void => {
    if (isOpened) return
    isOpened = true
    say({ kind: 'opened' })
    context.onOpened()
  }

  /** Answers at once with a validator that does, so that status and output are published together. */
  const check = (result: string | null | undefined): Promise<void> | undefined => {
    if (schema === undefined || isChecked || typeof result !== 'string') return undefined
    isChecked = true
    const checked = checkOutput(schema, result)
    if (checked instanceof Promise) return checked.then((value) => { say({ kind: 'outputChecked', ...value }, true) })
    say({ kind: 'outputChecked', ...checked })
    return undefined
  }
  let checking: Promise<void> | undefined

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
    if (event.task.status === 'completed') checking = check(event.task.result)
    flush()
    if (isOver()) controller.abort()
  }

  const run = async (): Promise<SettledTurn> => {
    let failure: unknown
    try {
      const request = await context.request()
      controller.signal.throwIfAborted()
      isSent = true
      const fetch: typeof globalThis.fetch = async (...input) => {
        const response = await request.fetch(...input)
        if (response.ok) opened()
        return response
      }
      await context.transport({ ...request, fetch, signal: controller.signal }, onMessage)
    } catch (error) {
      const message = 'We let go of it before the request was sent'
      failure = isSent || error instanceof WorkflowError ? error : new WorkflowError('network', 'submit', message, { cause: error })
    }
    flush()
    if (!isDisconnected && !isOver()) say(endOfLine(failure, sight, Date.now()), true)
    name(undefined)
    const { status, result } = turn() ?? {}
    if (status === 'completed') checking ??= check(result)
    flush()
    await checking
    return settledTurn(context.task(), key, isDisconnected)
  }

  return {
    key,
    named,
    settled: run(),
    close(isDisconnect) {
      if (isDisconnect && isSent && !isOver()) {
        isDisconnected = true
        say({ kind: 'disconnected' }, true)
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
