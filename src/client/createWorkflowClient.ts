import type { WorkflowError } from '../errors.ts'
import { pathPart } from '../protocol/request.ts'
import { decodeGraph } from '../protocol/graph.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import { selectTask } from '../state/selectors.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import { createPublisher } from '../store/publisher.ts'
import type { Publisher } from '../store/publisher.ts'
import { createWorkflowStore } from '../store/workflowStore.ts'
import { createAwaitedTurns } from './awaitedTurns.ts'
import { createEventRings } from './eventRings.ts'
import { excessTasks } from './excessTasks.ts'
import { joinKeepers } from './keepers.ts'
import { openLine } from './line.ts'
import type { Line, LineContext } from './line.ts'
import { createObservers } from './observers.ts'
import { checkOptions, checkSubmit, demand } from './options.ts'
import type { WorkflowClientOptions } from './options.ts'
import { createRequests, destroyedError } from './requests.ts'
import { settledTurn } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'
import { createStop } from './stopTask.ts'
import { createSubmitQueue } from './submitQueue.ts'
import { createSubmit } from './submitTask.ts'
import { createTaskReader } from './taskReader.ts'
import type { ReconnectOptions, SubmitHandle, WorkflowClient } from './workflowClient.ts'

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
  const requests = createRequests(options)
  const lines = new Map<SubmitKey | TaskId, Line>()
  const graphs = new Map<string, Promise<WorkflowGraph>>()
  let isDestroyed = false
  let isRestoring = false

  const taskOf = (idOrKey: TaskId | SubmitKey | undefined): TaskState | undefined => selectTask(store.getState(), idOrKey)
  const idOf = (idOrKey: TaskId | SubmitKey): TaskId | SubmitKey => resolveKey(store.getState(), idOrKey)
  const lineOf = (idOrKey: TaskId | SubmitKey): Line | undefined =>
    [...lines.values()].findLast((line) => idOf(line.key) === idOf(idOrKey))
  const reader = createTaskReader(requests.read, taskOf)

  const publisher: Publisher = createPublisher({
    store,
    throttle: options.throttle ?? 'frame',
    complete: (state, written) => turns.complete(state, isRestoring ? Object.keys(state.tasks) : written),
    published(before, after) {
      const tellEnds = turns.afterwards()
      // What comes from before is no news.
      observers.published(isRestoring ? after : before, after)
      tellEnds()
      queue.proceed()
    },
  })
  const { push } = publisher
  const rings = createEventRings(maxEvents, idOf)
  const observers = createObservers(store.getState, async (idOrKey, policy) => {
    if (policy === 'disconnect') disconnect(idOrKey)
    else if (policy === 'stop' && !isSettled(taskOf(idOrKey)?.status ?? 'stopped')) void stop(idOrKey)
    // What waits behind a run that nobody shows and nobody follows would wait for ever.
    for (let line = lineOf(idOrKey); line; line = lineOf(idOrKey)) await line.settled
    if (!isShown(idOf(idOrKey))) queue.clear(idOrKey)
  })
  const isShown = (id: TaskId | SubmitKey): boolean => observers.has(id) || Object.values(store.getState().conversations).some((key) => idOf(key) === id)
  const onError = (idOrKey: TaskId | SubmitKey, error: WorkflowError): void => {
    observers.tell(idOrKey, (observer) => observer.onError?.(error))
  }
  const turns = createAwaitedTurns({
    push,
    schemaOf: observers.schemaOf,
    // However the end was learned: what the line still tells would be taken for the next turn's.
    onOver: (key) => { lines.get(key)?.close(false) },
    onEnded(key) {
      const settled = settledTurn(taskOf(key), key, false)
      const isNews = (settled.cause === 'finished' || settled.cause === 'stopped') && !reader.takeHistory(key)
      if (isNews) observers.tell(key, (observer) => observer.onSettled?.(settled))
      if (!lines.has(key)) forgetExcess()
    },
  })

  const getGraph = async (workflowId: string): Promise<WorkflowGraph> => {
    const known = graphs.get(workflowId)
    if (known) return known
    const reading = requests.read(`/v1/workflows/${pathPart(workflowId)}/nodes`).then((answer) => {
      const graph = decodeGraph(answer)
      push({ kind: 'graphRead', workflowId, graph })
      return graph
    })
    graphs.set(workflowId, reading)
    reading.catch(() => graphs.delete(workflowId))
    return reading
  }

  const keepers = joinKeepers(store, () => {
    // What a line has yet to read stays too.
    const live = new Set([...lines.keys()].map(idOf))
    return (id) => live.has(id) || observers.has(id)
  })
  const forgetExcess = (): void => {
    const taskIds = excessTasks(store.getState(), maxTasks, keepers.keeps())
    if (taskIds.length === 0) return
    rings.forget(taskIds)
    push({ kind: 'forgotten', taskIds }, true)
  }

  const openLineTo = (context: Pick<LineContext, 'key' | 'ended' | 'post' | 'recover'>, workflowId: string | undefined): Promise<SettledTurn> => {
    const { key } = context
    const line = openLine({
      ...context,
      attach: requests.attach,
      read: reader.read,
      task: () => taskOf(key),
      push,
      flush: publisher.flush,
      record(event) {
        observers.hear(key, event)
        rings.push(key, event)
      },
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

  const reconnect = (idOrKey: TaskId | SubmitKey, options: ReconnectOptions = {}): Promise<SettledTurn> => {
    checkSubmit(options)
    const waiting = queue.settled(idOrKey)
    if (waiting) return waiting
    const { schema } = options
    const task = taskOf(idOrKey)
    const key = task?.turns.at(-1)?.key ?? idOrKey
    const line = lineOf(idOrKey)
    const isOver = task !== undefined && (task.taskId === undefined || isSettled(task.status))
    const taskId = task?.taskId ?? idOrKey
    const awaited = turns.has(key) ? key : taskId
    // Whoever follows it already may know no schema.
    if (schema && turns.has(awaited)) void turns.add(awaited, schema)
    // Its line was let go of just now, and is still to say so.
    if (line && !isOver && (task?.connection === 'lost' || task?.connection === 'closed')) return line.settled.then(() => reconnect(idOrKey, options))
    try {
      if (isDestroyed && !isOver) throw destroyedError('recover')
      pathPart(idOrKey)
    } catch (error) {
      return Promise.resolve({ ...settledTurn(task, key, false), error: error as WorkflowError, cause: 'lost' })
    }
    if (line || isOver) return line?.settled ?? Promise.resolve(settledTurn(task, key, false))
    return openLineTo({ key: awaited, ended: turns.add(awaited, schema), recover: recover || {} }, undefined)
  }

  const disconnect = (idOrKey: TaskId | SubmitKey): void => { lineOf(idOrKey)?.close(true) }

  const stop = createStop({ task: taskOf, line: lineOf, push, ask: requests.stop, onError, read: reader.read, cancel: (key) => queue.cancel(key), follow: reconnect })
  const queue = createSubmitQueue({ task: taskOf, idOf, push, stop, onError })
  const submit = createSubmit({
    task: taskOf, requests, turns, queue, push,
    openLine: (context, workflowId) => openLineTo({ ...context, recover }, workflowId),
  })

  const stopPersisting = options.persist?.({
    store,
    flush: publisher.flush,
    restore(restore) {
      publisher.flush()
      isRestoring = true
      push({ kind: 'restored', restore }, true)
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
    submit(request) {
      if (isDestroyed) throw destroyedError('submit')
      return submit(request) as SubmitHandle<never>
    },
    stop,
    disconnect,
    reconnect: reconnect as WorkflowClient['reconnect'],
    cancelQueued: queue.cancel,
    getGraph,
    getThread: (taskId) => reader.thread(taskId),
    getEvents: rings.read,
    retain: observers.hold,
    observe(idOrKey, observer) {
      demand(observer, 'observe: pass an object of callbacks')
      const remove = observers.add(idOrKey, observer)
      turns.check(taskOf(idOrKey))
      return remove
    },
    show(conversation, key) {
      demand(typeof conversation === 'string', 'show: the id of a conversation is a text')
      push({ kind: 'shown', conversation, key: key ?? undefined }, true)
    },
    destroy() {
      isDestroyed = true
      queue.clear()
      for (const line of lines.values()) line.close(true)
      requests.close()
      turns.clear()
      keepers.leave()
      publisher.flush()
      stopPersisting?.()
    },
  }
}
