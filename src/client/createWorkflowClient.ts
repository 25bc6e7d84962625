import { WorkflowError } from '../errors.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import { decodeGraph } from '../protocol/graph.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import { encodeRequest } from '../protocol/request.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import { decodeTask, isTerminal } from '../protocol/task.ts'
import { decodeThread } from '../protocol/thread.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import { selectTask } from '../state/selectors.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import { createPublisher } from '../store/publisher.ts'
import type { Publisher } from '../store/publisher.ts'
import { createWorkflowStore } from '../store/workflowStore.ts'
import { takeEndedTurns } from './endedTurns.ts'
import type { PendingTurn } from './endedTurns.ts'
import { createEventRing } from './eventRing.ts'
import type { EventRing } from './eventRing.ts'
import { excessTasks } from './excessTasks.ts'
import { isRefusal } from './followTask.ts'
import type { TaskRecord } from './followTask.ts'
import { openLine } from './line.ts'
import type { Line, LineContext } from './line.ts'
import { createObservers } from './observers.ts'
import { checkOptions, checkSubmit } from './options.ts'
import type { WorkflowClientOptions } from './options.ts'
import { createRequests, pathOfTask } from './requests.ts'
import { refusedTurn, settledTurn } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'
import { createStop } from './stopTask.ts'
import { createSubmitQueue, isBusy } from './submitQueue.ts'
import type { ReconnectOptions, SubmitHandle, SubmitRequest, WorkflowClient } from './workflowClient.ts'

/** So often the thread of a run that has ended is asked for, before the run ends without it. */
const MAX_THREAD_ATTEMPTS = 3

/**
 * Makes a client.
 * @example
 * const client = createWorkflowClient({ baseUrl: '/api/xpander' })
 * const { settled } = client.submit({ workflowId: 'your-workflow-id', input: 'Hi' })
 * console.log((await settled).result)
 * @throws WorkflowError `invalid_options`
 */
export function createWorkflowClient(options: WorkflowClientOptions = {}): WorkflowClient {
  checkOptions(options)
  const { maxEvents = 1000, maxTasks = 100, recover = {} } = options
  const store = options.store ?? createWorkflowStore()
  const observers = createObservers(store.getState)
  const requests = createRequests(options)
  const lines = new Map<SubmitKey | TaskId, Line>()
  const graphs = new Map<string, Promise<WorkflowGraph>>()
  const pending = new Map<SubmitKey | TaskId, PendingTurn>()
  /** What waits for a validator, to be let go when the client is destroyed. */
  const releases = new Set<() => void>()
  /** Tasks that had ended before we first saw them: nobody is told of that end. */
  const history = new Set<SubmitKey | TaskId>()
  let isDestroyed = false
  const rings = new Map<TaskId | SubmitKey, EventRing>()

  let isRestoring = false
  let afterPublishing: readonly (() => void)[] = []
  const publisher: Publisher = createPublisher({
    store,
    throttle: options.throttle ?? 'frame',
    complete(state, written) {
      const ended = takeEndedTurns(state, isRestoring ? Object.keys(state.tasks) : written, pending, (fact, isUrgent) => { publisher.push(fact, isUrgent) })
      afterPublishing = ended.afterPublishing
      return ended.state
    },
    published(before, after) {
      const runs = afterPublishing
      // What comes from before is no news.
      observers.published(isRestoring ? after : before, after)
      for (const run of runs) run()
      queue.proceed()
    },
  })
  const taskOf = (idOrKey: TaskId | SubmitKey | undefined): TaskState | undefined => selectTask(store.getState(), idOrKey)
  const idOf = (idOrKey: TaskId | SubmitKey): TaskId | SubmitKey => resolveKey(store.getState(), idOrKey)
  const lineOf = (idOrKey: TaskId | SubmitKey): Line | undefined =>
    [...lines.values()].findLast((line) => idOf(line.key) === idOf(idOrKey))

  const getGraph = (workflowId: string): Promise<WorkflowGraph> => {
    const known = graphs.get(workflowId)
    if (known) return known
    const reading = requests.read(`/v1/workflows/${encodeURIComponent(workflowId)}/nodes`).then((answer) => {
      const graph = decodeGraph(answer)
      publisher.push({ kind: 'graphRead', workflowId, graph })
      return graph
    })
    graphs.set(workflowId, reading)
    reading.catch(() => graphs.delete(workflowId))
    return reading
  }

  const record = (key: SubmitKey, event: WorkflowEvent): void => {
    observers.hear(key, event)
    const ring = ringOf(key) ?? createEventRing(maxEvents)
    rings.set(key, ring)
    ring.push(event)
  }
  // A later submit of the same task goes on in the same ring.
  const ringOf = (idOrKey: TaskId | SubmitKey): EventRing | undefined =>
    rings.get(idOrKey) ?? [...rings].find(([key]) => idOf(key) === idOf(idOrKey))?.[1]

  const forgetExcess = (): void => {
    // What a line has yet to read stays too.
    const live = new Set([...lines.keys()].map(idOf))
    const taskIds = excessTasks(store.getState(), maxTasks, (id) => live.has(id) || observers.has(id))
    if (taskIds.length === 0) return
    for (const key of [...rings.keys()]) if (taskIds.includes(idOf(key))) rings.delete(key)
    publisher.push({ kind: 'forgotten', taskIds }, true)
  }

  const tellError = (idOrKey: TaskId | SubmitKey, error: WorkflowError): void => {
    observers.tell(idOrKey, (observer) => observer.onError?.(error))
  }
  const stop = createStop({
    task: taskOf, line: lineOf, push: publisher.push, ask: requests.stop, onError: tellError,
    read: (taskId) => readRecord(taskId, MAX_THREAD_ATTEMPTS),
  })
  const queue = createSubmitQueue({ task: taskOf, idOf, push: publisher.push, stop })

  /** A turn that is waited for, with the schema for its result. */
  const awaitTurn = (key: SubmitKey | TaskId, schema: StandardSchema | undefined): PendingTurn => {
    let release = (): void => undefined
    const ended = new Promise<void>((resolve) => { release = resolve })
    const turn: PendingTurn = {
      schema,
      ended,
      onEnded() {
        const settled = settledTurn(taskOf(key), key, false)
        const isNews = (settled.cause === 'finished' || settled.cause === 'stopped') && !history.delete(key)
        if (isNews) observers.tell(key, (observer) => observer.onSettled?.(settled))
        releases.delete(release)
        release()
        if (!lines.has(key)) forgetExcess()
      },
    }
    releases.add(release)
    pending.set(key, turn)
    return turn
  }

  const openLineTo = (context: Pick<LineContext, 'key' | 'ended' | 'post' | 'recover'>, workflowId: string | undefined): Promise<SettledTurn> => {
    const { key } = context
    const line = openLine({
      ...context,
      attach: requests.attach,
      read: readRecord,
      task: () => taskOf(key),
      push: publisher.push,
      flush: publisher.flush,
      record: (event) => { record(key, event) },
      // The canvas only helps to show the run, so nobody waits for it and nobody hears that it failed.
      onOpened() {
        const id = workflowId ?? taskOf(key)?.workflowId
        if (options.graph !== false && id !== undefined) getGraph(id).catch(() => undefined)
      },
    })
    lines.set(key, line)
    return line.settled.finally(() => {
      lines.delete(key)
      forgetExcess()
    })
  }

  /** A task as it is now; its thread too where that tells what nothing else does: turns that were not seen, a text without a result. */
  const readRecord = async (taskId: TaskId, attempt: number, signal?: AbortSignal): Promise<TaskRecord> => {
    const task = decodeTask(await requests.read(pathOfTask(taskId), 'recover', attempt, signal))
    if (task?.id !== taskId) throw new WorkflowError('http_error', 'recover', 'The answer is not of this task', { taskId })
    const isSeen = (taskOf(taskId)?.turns.length ?? 0) > 0
    const isOver = isTerminal(task.status)
    if (!isSeen && isOver) history.add(taskId)
    if (isSeen && (task.result || !isOver)) return { task, messages: [] }
    const messages = await getThread(taskId, 'recover', attempt, signal).catch((error: unknown) => {
      // A thread that cannot be had must not keep a run from ending.
      if (attempt < MAX_THREAD_ATTEMPTS && !(error instanceof WorkflowError && isRefusal(error))) throw error
      return []
    })
    return { task, messages }
  }
  const getThread = async (taskId: TaskId, ...reading: [phase: 'read' | 'recover', attempt?: number, signal?: AbortSignal]): Promise<readonly ThreadMessage[]> =>
    decodeThread(await requests.read(pathOfTask(taskId, '/thread'), ...reading))

  const begin = (request: SubmitRequest, key: SubmitKey, input: WorkflowInput): Promise<SettledTurn> => {
    const known = taskOf(request.taskId)
    // A submit that the service never took has no task that could be continued.
    const taskId = known ? known.taskId : request.taskId
    const { path, body } = encodeRequest({ ...request, taskId })
    const url = requests.urlOf(path, 'submit')
    const { workflowId } = request
    // Who followed the turn before, without knowing whether it still runs, has no more to follow.
    if (request.taskId !== undefined) {
      disconnect(request.taskId)
      pending.delete(request.taskId)
    }
    const { ended } = awaitTurn(key, request.schema)
    const follows = known && taskId === undefined ? request.taskId : undefined
    publisher.push({ kind: 'submitted', key, at: Date.now(), workflowId, input, continues: taskId, follows }, true)
    const post: LineContext['post'] = (listening) => requests.invoke({ url, body, idempotencyKey: key }, listening)
    return openLineTo({ key, ended, post, recover }, workflowId)
  }

  const submit = (request: SubmitRequest): SubmitHandle => {
    if (isDestroyed) throw new WorkflowError('invalid_options', 'submit', 'This client was destroyed: make a new one with createWorkflowClient')
    const key = `submit-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
    const { taskId: behind, whenBusy = 'reject' } = request
    const input = typeof request.input === 'string' ? { text: request.input } : request.input
    const known = taskOf(behind)
    checkSubmit(request)
    if (behind === undefined || !known || !(isBusy(known) || known.queue.length > 0)) return { key, settled: begin(request, key, input) }
    // What cannot be sent is refused at once, not when it has its turn.
    requests.urlOf(encodeRequest({ ...request, taskId: known.taskId }).path, 'submit')
    if (whenBusy !== 'reject') {
      return { key, settled: queue.add({ key, behind, input, begin: () => begin(request, key, input) }, whenBusy === 'replace') }
    }
    const error = new WorkflowError('busy', 'submit', 'A turn of this task still runs: stop it, wait for it, or submit with whenBusy', { taskId: known.taskId })
    tellError(behind, error)
    return { key, settled: Promise.resolve(refusedTurn(error)) }
  }

  const reconnect = (idOrKey: TaskId | SubmitKey, options: ReconnectOptions = {}): Promise<SettledTurn> => {
    const { schema } = options
    const task = taskOf(idOrKey)
    const key = task?.turns.at(-1)?.key ?? idOrKey
    const line = lineOf(idOrKey)
    const isOver = task !== undefined && (task.taskId === undefined || isSettled(task.status))
    // Its line was let go of just now, and is still to say so.
    if (line && !isOver && (task?.connection === 'lost' || task?.connection === 'closed')) return line.settled.then(() => reconnect(idOrKey, options))
    if (line || isDestroyed || isOver) return line?.settled ?? Promise.resolve(settledTurn(task, key, false))
    const taskId = task?.taskId ?? idOrKey
    const known = pending.get(key)
    if (known && schema) known.schema = schema
    const { ended } = known ?? awaitTurn(taskId, schema)
    return openLineTo({ key: known ? key : taskId, ended, recover: recover || {} }, undefined)
  }

  const disconnect = (idOrKey: TaskId | SubmitKey): void => { lineOf(idOrKey)?.close(true) }

  const stopPersisting = options.persist?.({
    store,
    restore(restore) {
      publisher.flush()
      isRestoring = true
      publisher.push({ kind: 'restored', restore }, true)
      isRestoring = false
      forgetExcess()
    },
    follow(taskId) {
      if (recover === false) return
      // What the app gives us, such as `headers`, may not be ready while it makes the client.
      queueMicrotask(() => {
        const canvasId = taskOf(taskId)?.canvasId
        if (isDestroyed) return
        if (options.graph !== false && canvasId !== undefined) getGraph(canvasId).catch(() => undefined)
        void reconnect(taskId)
      })
    },
  })

  return {
    store,
    submit: submit as WorkflowClient['submit'],
    stop,
    disconnect,
    reconnect: reconnect as WorkflowClient['reconnect'],
    cancelQueued: queue.cancel,
    getGraph,
    getThread: (taskId) => getThread(taskId, 'read'),
    getEvents: (idOrKey) => ringOf(idOrKey)?.read() ?? [],
    retain: observers.hold,
    observe(idOrKey, observer) {
      const remove = observers.add(idOrKey, observer)
      return () => {
        remove()
        // StrictMode and a quick remount take a view away and bring it back within the tick.
        setTimeout(() => {
          const policy = observer.onUnmount?.()
          if (policy === undefined || observers.has(idOf(idOrKey))) return
          if (policy === 'stop' && !isSettled(taskOf(idOrKey)?.status ?? 'stopped')) void stop(idOrKey)
          else if (policy === 'disconnect') disconnect(idOrKey)
        })
      }
    },
    show: (conversation, key) => { publisher.push({ kind: 'shown', conversation, key }, true) },
    destroy() {
      isDestroyed = true
      queue.clear()
      for (const line of lines.values()) line.close(true)
      requests.close()
      for (const release of releases) release()
      publisher.flush()
      stopPersisting?.()
    },
  }
}
