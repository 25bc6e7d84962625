import { WorkflowError } from '../errors.ts'
import type { WorkflowErrorPhase } from '../errors.ts'
import type { WorkflowEvent } from '../protocol/events.ts'
import { decodeGraph } from '../protocol/graph.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import { encodeRequest } from '../protocol/request.ts'
import type { WorkflowRequest } from '../protocol/request.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import { decodeThread } from '../protocol/thread.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import { resolveKey } from '../state/reduceWorkflow.ts'
import { selectTask } from '../state/selectors.ts'
import { isRunning, isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import { createPublisher } from '../store/publisher.ts'
import type { Publisher } from '../store/publisher.ts'
import { createWorkflowStore } from '../store/workflowStore.ts'
import type { WorkflowStore } from '../store/workflowStore.ts'
import { readJson } from '../transport/plainRequest.ts'
import { fetchEventSourceTransport } from '../transport/postStream.ts'
import { takeEndedTurns } from './endedTurns.ts'
import type { PendingTurn } from './endedTurns.ts'
import { createEventRing } from './eventRing.ts'
import type { EventRing } from './eventRing.ts'
import { excessTasks } from './excessTasks.ts'
import { openLine, refusedLine } from './line.ts'
import type { Line } from './line.ts'
import { createObservers } from './observers.ts'
import type { WorkflowObserver } from './observers.ts'
import { checkOptions, checkSubmit, headersFor, urlOf } from './options.ts'
import type { RequestReason, WorkflowClientOptions } from './options.ts'
import { settledTurn } from './settledTurn.ts'
import type { SettledTurn } from './settledTurn.ts'
import { createStop } from './stopTask.ts'
import type { StopAnswer } from './stopTask.ts'

/** One submit. */
export interface SubmitRequest<Output = unknown> extends WorkflowRequest {
  /** Checks the result, which then is `output`. Any Standard Schema: zod, valibot, arktype, ... Nothing of it is sent. */
  readonly schema?: StandardSchema<Output> | undefined
  /** What happens while an earlier turn of the task still runs. @defaultValue 'reject' */
  readonly whenBusy?: 'reject' | undefined
}

export interface SubmitHandle<Output = unknown> {
  /** Stands for the task until the service names it, and after. */
  readonly key: SubmitKey
  /** Always resolves: when the turn settled, or when we stopped following it. */
  readonly settled: Promise<SettledTurn<Output>>
}

/** Runs workflows and keeps the store up to date. No React in it. */
export interface WorkflowClient {
  readonly store: WorkflowStore
  /**
   * Runs a workflow, or the next turn of a task. Sends one POST and never a second.
   * @throws WorkflowError `invalid_options` when the request cannot be one
   */
  readonly submit: <Output = unknown>(request: SubmitRequest<Output>) => SubmitHandle<Output>
  /** Asks the service to stop the run; `confirmed` only when it answered that the task is stopped. Never rejects. */
  readonly stop: (idOrKey: TaskId | SubmitKey) => Promise<StopAnswer>
  /** Stops listening. The run goes on. */
  readonly disconnect: (idOrKey: TaskId | SubmitKey) => void
  /** The workflow's canvas, read once. @throws WorkflowError as `GET /v1/workflows/{id}/nodes` answers */
  readonly getGraph: (workflowId: string) => Promise<WorkflowGraph>
  /** The messages of all turns. @throws WorkflowError as `GET /v1/tasks/{id}/thread` answers */
  readonly getThread: (taskId: TaskId) => Promise<readonly ThreadMessage[]>
  /** The last raw events of a task's stream, oldest first; those of its child runs are among them. */
  readonly getEvents: (idOrKey: TaskId | SubmitKey) => readonly WorkflowEvent[]
  /** Calls the observer with what happens to a task, until the answered function is called. */
  readonly observe: (idOrKey: TaskId | SubmitKey, observer: WorkflowObserver) => () => void
  /** Keeps a task in the store, whatever `maxTasks` says, until the answered function is called. */
  readonly retain: (idOrKey: TaskId | SubmitKey) => () => void
  /** Says what a conversation shows; hooks with that `id` follow. */
  readonly show: (conversation: string, idOrKey: TaskId | SubmitKey | undefined) => void
  /** Closes every line and leaves no timer or listener. Runs go on. */
  readonly destroy: () => void
}

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
  const { baseUrl = '/api/xpander', transport = fetchEventSourceTransport, maxEvents = 1000, maxTasks = 100 } = options
  const store = options.store ?? createWorkflowStore()
  const observers = createObservers(store.getState)
  const lines = new Map<SubmitKey, Line>()
  const graphs = new Map<string, Promise<WorkflowGraph>>()
  const pending = new Map<SubmitKey, PendingTurn>()
  /** What waits for a validator, to be let go when the client is destroyed. */
  const releases = new Map<SubmitKey, () => void>()
  const reads = new Set<AbortController>()
  let isDestroyed = false
  const rings = new Map<TaskId | SubmitKey, EventRing>()

  let afterPublishing: readonly (() => void)[] = []
  const publisher: Publisher = createPublisher({
    store,
    throttle: options.throttle ?? 'frame',
    complete(state) {
      const ended = takeEndedTurns(state, pending, (fact, isUrgent) => { publisher.push(fact, isUrgent) })
      afterPublishing = ended.afterPublishing
      return ended.state
    },
    published(before, after) {
      const runs = afterPublishing
      observers.published(before, after)
      for (const run of runs) run()
    },
  })
  const taskOf = (idOrKey: TaskId | SubmitKey | undefined): TaskState | undefined => selectTask(store.getState(), idOrKey)
  const idOf = (idOrKey: TaskId | SubmitKey): TaskId | SubmitKey => resolveKey(store.getState(), idOrKey)
  const lineOf = (idOrKey: TaskId | SubmitKey): Line | undefined =>
    [...lines.values()].findLast((line) => idOf(line.key) === idOf(idOrKey))
  const fetch: typeof globalThis.fetch = (...input) => (options.fetch ?? globalThis.fetch)(...input)

  const read = async (path: string, reason: RequestReason, phase: WorkflowErrorPhase & ('read' | 'stop')): Promise<unknown> => {
    // One for each: Node warns of many listeners on one signal.
    const closing = new AbortController()
    reads.add(closing)
    try {
      const headers = await headersFor(options.headers, reason, phase)
      return await readJson({ url: urlOf(baseUrl, path, phase), method: phase === 'stop' ? 'POST' : 'GET', headers, fetch, phase, signal: closing.signal })
    } finally {
      reads.delete(closing)
    }
  }

  const getGraph = (workflowId: string): Promise<WorkflowGraph> => {
    const known = graphs.get(workflowId)
    if (known) return known
    const reading = read(`/v1/workflows/${encodeURIComponent(workflowId)}/nodes`, 'read', 'read').then((answer) => {
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

  const stop = createStop({
    task: taskOf,
    line: lineOf,
    push: publisher.push,
    ask: (taskId) => read(`/v1/tasks/${encodeURIComponent(taskId)}/stop`, 'stop', 'stop'),
    onError: (idOrKey, error) => { observers.tell(idOrKey, (observer) => observer.onError?.(error)) },
  })

  const submit = (request: SubmitRequest): SubmitHandle => {
    if (isDestroyed) throw new WorkflowError('invalid_options', 'submit', 'This client was destroyed: make a new one with createWorkflowClient')
    const key = `submit-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
    const known = taskOf(request.taskId)
    // A submit that the service never took has no task that could be continued.
    const taskId = known ? known.taskId : request.taskId
    checkSubmit(request)
    const { path, body } = encodeRequest({ ...request, taskId })
    const url = urlOf(baseUrl, path, 'submit')
    if (known && isRunning(known.status) && request.taskId !== undefined) {
      const error = new WorkflowError('busy', 'submit', 'A turn of this task still runs: stop it or wait for it', { taskId })
      observers.tell(request.taskId, (observer) => observer.onError?.(error))
      return refusedLine(key, error)
    }
    const { workflowId } = request
    const input = typeof request.input === 'string' ? { text: request.input } : request.input
    const ended = new Promise<void>((resolve) => {
      pending.set(key, {
        schema: request.schema,
        onEnded() {
          const turn = settledTurn(taskOf(key), key, false)
          if (turn.cause === 'finished' || turn.cause === 'stopped') observers.tell(key, (observer) => observer.onSettled?.(turn))
          releases.delete(key)
          resolve()
          if (!lines.has(key)) forgetExcess()
        },
      })
      releases.set(key, resolve)
    })
    const follows = known && taskId === undefined ? request.taskId : undefined
    publisher.push({ kind: 'submitted', key, at: Date.now(), workflowId, input, continues: taskId, follows }, true)
    const line = openLine({
      key,
      ended,
      transport,
      request: async () => {
        const headers = await headersFor(options.headers, 'submit', 'submit')
        return { url, method: 'POST', body, fetch, headers: { accept: 'text/event-stream', 'content-type': 'application/json', ...headers } }
      },
      task: () => taskOf(key),
      push: publisher.push,
      flush: publisher.flush,
      record: (event) => { record(key, event) },
      // The canvas only helps to show the run, so nobody waits for it and nobody hears that it failed.
      onOpened: () => { if (options.graph !== false) getGraph(workflowId).catch(() => undefined) },
    })
    lines.set(key, line)
    const settled = line.settled.finally(() => {
      lines.delete(key)
      forgetExcess()
    })
    return { key, settled }
  }

  const disconnect = (idOrKey: TaskId | SubmitKey): void => { lineOf(idOrKey)?.close(true) }

  return {
    store,
    submit: submit as WorkflowClient['submit'],
    stop,
    disconnect,
    getGraph,
    getThread: async (taskId) => decodeThread(await read(`/v1/tasks/${encodeURIComponent(taskId)}/thread`, 'read', 'read')),
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
      for (const line of lines.values()) line.close(true)
      for (const closing of reads) closing.abort()
      for (const release of releases.values()) release()
      publisher.flush()
    },
  }
}
