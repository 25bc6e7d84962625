import { WorkflowError } from '../errors.ts'
import { decodeMessage, isTaskEnd } from '../protocol/decodeEvent.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import { isTerminal } from '../protocol/task.ts'
import type { Fact, TaskFact } from '../state/fact.ts'
import { EMPTY_TASK } from '../state/emptyState.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import type { Message } from '../transport/transport.ts'
import { endOfLine, unknownStart } from './endOfLine.ts'
import type { EndOfLine } from './endOfLine.ts'
import { followTask } from './followTask.ts'
import type { Listening } from './listening.ts'
import { GIVE_UP_AFTER } from './recoverOptions.ts'
import type { RecoverOptions } from './recoverOptions.ts'
import { settledTurn, turnOf } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'
import type { TaskRecord } from './taskReader.ts'
import { watchStall } from './watchStall.ts'

/** Our hold on one turn, from its POST or from when it was found again, until it settled or we let go. */
export interface Line {
  /** Of the submit, else the task's id. */
  readonly key: SubmitKey | TaskId
  /** The task, once it is known; `undefined` when the line ends without. */
  readonly named: Promise<TaskId | undefined>
  readonly settled: Promise<SettledTurn>
  /** Whether its POST has left, or there is none to send. */
  readonly isSent: () => boolean
  /** Ends the request. Says nothing about the run. */
  readonly close: (isDisconnect: boolean) => void
}

/** What a line needs of the client. */
export interface LineContext {
  readonly key: SubmitKey | TaskId
  /** Resolves when the turn has ended and its output is checked; also when the client is destroyed. */
  readonly ended: Promise<void>
  /** Sends the POST; left out for a task that is found again. */
  readonly post?: ((listening: Listening) => Promise<void>) | undefined
  /** Goes on with the stream of a task, after the frame with that id. */
  readonly attach: (taskId: TaskId, lastEventId: string | undefined, attempt: number, listening: Listening) => Promise<void>
  readonly read: (taskId: TaskId, attempt: number, signal: AbortSignal) => Promise<TaskRecord>
  /** `false`: nothing is followed after a drop. */
  readonly recover: RecoverOptions | false
  readonly task: () => TaskState | undefined
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly flush: () => void
  readonly record: (event: WorkflowEvent) => void
  /** The task told something for the first time. */
  readonly onOpened: () => void
}

/** Sends at most one POST, follows the run, and reports what comes of it; the store draws the conclusions. */
export function openLine(context: LineContext): Line {
  const { key, push, flush, recover } = context
  const controller = new AbortController()
  const { signal } = controller
  const known = context.task()
  const sight: { hasFrames: boolean; taskId: TaskId | undefined; complaint: string | undefined } = {
    hasFrames: false, taskId: context.post ? undefined : (known ? known.taskId : key), complaint: undefined,
  }
  let isOpened = false
  let isFirst = true
  /** How many frames came: a record that was asked for before one is older than it. */
  let heard = 0
  /** How many reads in a row told of the turn before only. */
  let unheard = 0
  let isLetGo = false
  let isSent = !context.post
  let name: (taskId: TaskId | undefined) => void
  const named = new Promise<TaskId | undefined>((resolve) => { name = resolve })

  const say = (fact: TaskFact, isUrgent?: boolean): void => { push({ ...fact, key }, isUrgent) }
  const hasEnded = (): boolean => isSettled(turnOf(context.task(), key)?.status ?? 'idle')
  // The service may have gone on to a turn of its own; the line is of no more use when that has ended.
  const isOver = (): boolean => {
    const task = context.task()
    return signal.aborted || hasEnded() || (task !== undefined && task.key !== key && isSettled(task.status))
  }

  const opened = (): void => {
    if (isOpened) return
    isOpened = true
    say({ kind: 'opened' })
    told()
  }
  const told = (): void => {
    if (isFirst) context.onOpened()
    isFirst = false
  }

  const onMessage = (message: Message): void => {
    opened()
    heard += 1
    let event = decodeMessage(message.data, message.id || undefined)
    if (event.kind === 'malformed') {
      // The line may have broken within this frame: the whole one, with the same id, is still to come.
      event = { ...event, id: undefined }
    } else {
      sight.hasFrames = true
    }
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

  /** Listens to one stream until it ends; while it is silent, the task may be read beside it. */
  const listen = async (open: (listening: Listening) => Promise<void>): Promise<void> => {
    isOpened = false
    const stall = recover ? watchStall(recover, readBeside) : undefined
    try {
      await open({
        signal,
        onMessage,
        onSend(isUnderWay) { isSent = isUnderWay },
        onBytes: stall?.onBytes,
        onResponse(response) {
          if (!response.ok) return
          opened()
          say({ kind: 'replayable', canReplay: response.headers.has('x-workflow-replay') })
        },
      })
    } finally {
      stall?.end()
      flush()
    }
  }

  const readBeside = async (): Promise<TaskRecord | undefined> => {
    const { taskId } = sight
    if (taskId === undefined) return undefined
    const before = heard
    const askedAt = Date.now()
    const record = await context.read(taskId, 1, signal)
    if (heard === before && !isOver()) say({ kind: 'polled', at: Date.now(), askedAt, ...record }, true)
    if (isOver()) controller.abort()
    return record
  }

  /** Sends the POST and listens; answers how that ended before the turn did. */
  const post = async (send: (listening: Listening) => Promise<void>): Promise<EndOfLine | undefined> => {
    let failure: unknown
    try {
      await listen(send)
    } catch (error) {
      failure = error
    }
    if (hasEnded()) return undefined
    if (signal.aborted && !isSent) return { fact: { kind: 'refused', error: null } }
    const taskId = sight.taskId ?? context.task()?.taskId
    return isOver() ? undefined : endOfLine(failure, { ...sight, taskId }, Date.now())
  }

  /** Goes on with the stream, when there is one that can. */
  const attach = async (taskId: TaskId, attempt: number): Promise<boolean | undefined> => {
    const { text, notes: { canReplay, lastEventId: before } } = context.task() ?? EMPTY_TASK
    // From its start a turn may be told again as long as it has no text: pieces without an id cannot be told apart.
    if (!canReplay || (before === null && text)) return undefined
    try {
      await listen((listening) => context.attach(taskId, before ?? undefined, attempt, listening))
    } catch (error) {
      const { code, phase, status = 0 } = error instanceof WorkflowError ? error : {}
      if (signal.aborted || code === 'rate_limited') throw error
      // The log of the stream is gone, not the task.
      if ([404, 405, 410].includes(status)) say({ kind: 'replayable', canReplay: false }, true)
      if (!isOpened || phase === 'recover') return undefined
    }
    // A run that is paused has nothing to tell, however often its stream is cut.
    return context.task()?.notes.lastEventId !== before
  }

  const follow = (taskId: TaskId, options: RecoverOptions): Promise<void> => followTask({
    taskId, recover: options, signal, isOver,
    attach: (attempt) => attach(taskId, attempt),
    read: (attempt) => context.read(taskId, attempt, signal),
    say(fact) {
      say(fact, true)
      if (fact.kind !== 'polled') return
      told()
      // What was waiting for the end may have begun.
      if (isOver()) return
      // Nobody knows whether the POST arrived: we let go of it, or our page was reloaded, before anything told of its turn.
      unheard = isTerminal(fact.task.status) && turnOf(context.task(), key)?.status === 'submitting' ? unheard + 1 : 0
      if (unheard < (options.giveUpAfter ?? GIVE_UP_AFTER)) return
      say({ kind: 'refused', error: unknownStart('The service tells of the turn before and not of this one: it may have started') }, true)
    },
    isImmediate: !context.post,
    isUnknown: () => !context.task()?.turns.length,
  })

  const run = async (): Promise<SettledTurn> => {
    const end = context.post && await post(context.post)
    const taskId = sight.taskId ?? context.task()?.taskId
    if (!context.post && taskId !== undefined) say({ kind: 'followed', taskId }, true)
    const isFollowed = recover !== false && taskId !== undefined
    // Who follows says it with the time of the next try.
    if (end && !(isFollowed && end.error)) say(end.fact, isFollowed)
    // Whoever stops the run waits for its name.
    if (taskId !== undefined) name(taskId)
    if (isFollowed && !isOver()) await follow(taskId, recover)
    else if (end?.error) say({ kind: 'lost', error: end.error })
    flush()
    name(taskId)
    if (hasEnded()) await context.ended
    return settledTurn(context.task(), key, isLetGo)
  }

  if (sight.taskId !== undefined) queueMicrotask(() => { name(sight.taskId) })
  return {
    key,
    named,
    settled: run(),
    isSent: () => isSent,
    close(isDisconnect) {
      if (isDisconnect && !isOver()) {
        isLetGo = true
        if (isSent) say({ kind: 'disconnected' }, true)
      }
      controller.abort()
    },
  }
}
