import { afterEach, beforeEach, vi } from 'vitest'
import type { Connection, SettledTurn, SubmitHandle, SubmitRequest, TaskState, WorkflowClient, WorkflowClientOptions } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import type { Frames } from '../frames.ts'
import type { HandTransport } from '../handTransport.ts'
import { setUp, taskOf } from './handClient.ts'
import { createScriptedService } from './scriptedService.ts'
import type { ScriptedService } from './scriptedService.ts'

/** The time at which a test begins, by both clocks. */
export const BEGINNING = Date.UTC(2026, 4, 13, 10)
export const isoOf = (afterMs: number): string => new Date(BEGINNING + afterMs).toISOString()

/** Fakes what the following of a task waits by. */
export function fakeTime(): void {
  beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'], now: BEGINNING }) })
  afterEach(() => {
    vi.useRealTimers()
    vi.unstubAllGlobals()
    vi.restoreAllMocks()
  })
}

/** Lets time pass, timer by timer, and everything run that comes of each. */
export async function pass(ms: number): Promise<void> {
  let isOver = false
  setTimeout(() => { isOver = true }, ms)
  while (!isOver) {
    await vi.advanceTimersToNextTimerAsync()
    // Bodies are read in turns of the event loop's own.
    for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => { setImmediate(resolve) })
  }
}

/** The record of a task, as the service answers it. */
export const record = (status: string, fields: object = {}, id = 'task-1'): object => ({ id, agent_id: 'flow', status, ...fields })
export const completed = (result: string | null = 'Hello!', fields: object = {}): object => record('completed', { result, finished_at: isoOf(5000), ...fields })

export interface Followed extends HandTransport, SubmitHandle {
  readonly client: WorkflowClient
  readonly service: ScriptedService
  readonly frames: Frames
  readonly task: () => TaskState
  /** What `settled` came to, as soon as it did. */
  readonly turn: () => SettledTurn | undefined
  readonly posts: () => number
}

export interface FollowedOptions extends WorkflowClientOptions {
  readonly request?: Partial<SubmitRequest>
}

/** A client whose streams are driven by hand and whose other requests are answered by a script. */
export function setUpService({ recover, ...options }: WorkflowClientOptions = {}): HandTransport & { client: WorkflowClient; service: ScriptedService } {
  const service = createScriptedService()
  const hand = setUp({ fetch: service.fetch, recover: recover === false ? false : { jitter: 0, ...recover }, ...options })
  return { ...hand, service }
}

/** A run under way, with some text, on a stream that is open. */
export async function beginRun({ request, ...options }: FollowedOptions = {}): Promise<Followed> {
  const setting = setUpService(options)
  const frames = createFrames('task-1', BEGINNING)
  const handle = setting.client.submit({ workflowId: 'flow', input: 'Hi', ...request })
  let turn: SettledTurn | undefined
  void handle.settled.then((settled) => { turn = settled })
  await pass(0)
  setting.send(frames.created(), frames.updated(), frames.chunk('Hel'))
  return {
    ...setting, ...handle, frames,
    task: () => taskOf(setting.client, handle.key),
    turn: () => turn,
    posts: () => setting.requests.filter(({ method }) => method === 'POST').length,
  }
}

/** The same, and then its stream broke. */
export async function beginDroppedRun(options: FollowedOptions = {}, prepare: (service: ScriptedService) => void = () => undefined): Promise<Followed> {
  const run = await beginRun(options)
  prepare(run.service)
  await run.end()
  return run
}

/** Every connection that is published from now on, with what belongs to it, each once in a row. */
export function watchConnection(client: WorkflowClient, key: string): readonly (readonly [Connection, number, number | null])[] {
  const seen: [Connection, number, number | null][] = []
  client.store.subscribe(() => {
    const { connection, attempt, retryAt } = taskOf(client, key)
    const now: [Connection, number, number | null] = [connection, attempt, retryAt === null ? null : retryAt - BEGINNING]
    if (JSON.stringify(now) !== JSON.stringify(seen.at(-1))) seen.push(now)
  })
  return seen
}
