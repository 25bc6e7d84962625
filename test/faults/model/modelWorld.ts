import { vi } from 'vitest'
import { createWorkflowClient, persistTasks, selectTask } from '../../../src/core.ts'
import type { SettledTurn, StopAnswer, TaskState, TaskStorage, WorkflowClient } from '../../../src/core.ts'
import { stubPage } from '../../client/page.ts'
import type { Page } from '../../client/page.ts'
import { createMemoryStorage } from '../../store/memoryStorage.ts'
import { createModelNetwork } from './modelNetwork.ts'
import type { ModelNetwork } from './modelNetwork.ts'
import { createModelService, isOver } from './modelService.ts'
import type { ModelService, ModelTask, ModelTurn } from './modelService.ts'

/** When every model begins, by our clock. */
export const BEGINNING = Date.UTC(2026, 4, 13, 10)

export interface Setup {
  /** What becomes of the turns, one after the other and then again: see `modelService.ts`. */
  readonly scripts: readonly string[]
  /** Whether the rest of a stream can be had. */
  readonly replays?: boolean
  readonly skewMs?: number
  readonly stallAfterMs?: number
  readonly throttle?: number | false
}

/** A submit as the one who made it sees it. */
export interface Submitted {
  readonly key: string
  readonly page: number
  turn: SettledTurn | undefined
}

/** One page with a client, and the service that it talks to. */
export interface World {
  readonly setup: Setup
  readonly service: ModelService
  readonly page: Page
  readonly submits: Submitted[]
  /** How often each submit was sent. */
  readonly posts: Map<string, number>
  /** Stops and reconnects that were not answered yet. */
  readonly unanswered: Set<string>
  readonly stops: StopAnswer[]
  /** Turns whose thread was not to be had when it was asked for. */
  readonly gaps: Set<string>
  /** Submits whose stream has told a whole frame. */
  readonly told: Set<string>
  /** Turns that had not begun when they were kept, or were asked the same as a later one that was not kept: whose a record is cannot be told. */
  readonly mistakable: Set<string>
  /** How often a task was read. */
  reads: number
  /** Reads that were made without a network. */
  readonly readsOffline: string[]
  /** Turns as they were when they had settled. */
  readonly settled: Map<string, unknown>
  /** What was wrong when a page went away. */
  readonly leftovers: string[]
  isOnline: boolean
  pages: number
  client: WorkflowClient
  network: ModelNetwork
  /** What the page shows. */
  current: string | undefined
  readonly task: () => TaskState | undefined
  readonly modelTask: () => ModelTask | undefined
  /** The turn that runs, or that ran last. */
  readonly turnNow: () => ModelTurn | undefined
  readonly turnOf: (key: string) => ModelTurn | undefined
  /** Opens the next page; `storage` keeps what the one before wrote. */
  readonly open: (keeps: boolean) => void
  /** Ends the page that is open; it can write no more. */
  readonly leave: () => Promise<void>
  /** Waits for an answer under a name. */
  readonly expectAnswer: (name: string, answer: Promise<unknown>) => void
}

export function createWorld(setup: Setup): World {
  const service = createModelService(setup.skewMs ?? 0)
  const page = stubPage()
  const items = new Map<string, string>()
  let storage = { isDead: false }

  const build = (keeps: boolean): Pick<World, 'client' | 'network'> => {
    const own = (storage = { isDead: false })
    const network = createModelNetwork({
      onPost(key) { world.posts.set(key, (world.posts.get(key) ?? 0) + 1) },
      onRead(route) {
        if (route !== 'task') return
        world.reads += 1
        if (!world.isOnline) world.readsOffline.push(route)
      },
      answerOf(route, taskId) {
        const task = service.tasks.get(taskId)
        if (!task || route === 'stop') return task?.turns.at(-1)
        return route === 'task' ? service.record(task) : service.thread(task)
      },
    })
    const client = createWorkflowClient({
      baseUrl: 'https://service.test', transport: network.transport, fetch: network.fetch, graph: false, idempotencyKey: true,
      throttle: setup.throttle ?? false,
      recover: { jitter: 0, giveUpAfter: 4, stallAfterMs: setup.stallAfterMs },
      ...(keeps ? { persist: persistTasks(mortal(createMemoryStorage({}, items), own)) } : {}),
    })
    return { client, network }
  }

  const world: World = {
    setup, service, page, submits: [], posts: new Map(), unanswered: new Set(), stops: [], gaps: new Set(), told: new Set(), mistakable: new Set(),
    reads: 0, readsOffline: [], settled: new Map(), leftovers: [], isOnline: true, pages: 1, current: undefined,
    ...build(true),
    task: () => selectTask(world.client.store.getState(), world.current),
    modelTask: () => service.tasks.get(world.task()?.taskId ?? ''),
    turnNow() {
      const turns = [...service.tasks.values()].flatMap((task) => task.turns)
      return turns.findLast((turn) => !isOver(turn)) ?? turns.at(-1)
    },
    turnOf: (key) => [...service.tasks.values()].flatMap((task) => task.turns).find((turn) => turn.key === key),
    open(keeps) {
      world.pages += 1
      Object.assign(world, build(keeps))
      const { conversations } = world.client.store.getState()
      world.current = conversations.chat
    },
    async leave() {
      storage.isDead = true
      world.client.destroy()
      await settle()
      if (page.listeners() > 0) world.leftovers.push(`${page.listeners()} listeners`)
      if (vi.getTimerCount() > 0) world.leftovers.push(`${vi.getTimerCount()} timers`)
      for (const { key, page: of, turn } of world.submits) if (of === world.pages && !turn) world.leftovers.push(`${key} has not settled`)
      world.leftovers.push(...world.unanswered)
    },
    expectAnswer(name, answer) {
      const unique = `${name} of page ${world.pages}, ${world.unanswered.size}`
      world.unanswered.add(unique)
      void answer.finally(() => world.unanswered.delete(unique))
    },
  }
  return world
}

/** Lets everything run that waits for nothing but its turn. */
export const settle = (): Promise<void> => new Promise((resolve) => { setImmediate(resolve) })

/** Lets time pass, timer by timer, and everything run that comes of each. */
export async function pass(ms: number): Promise<void> {
  let isPast = false
  setTimeout(() => { isPast = true }, ms)
  while (!isPast) {
    vi.advanceTimersToNextTimer()
    await settle()
  }
}

/** A storage that a page cannot write to any more once it is gone. */
function mortal(storage: TaskStorage, life: { readonly isDead: boolean }): TaskStorage {
  return {
    getItem: storage.getItem,
    setItem: (name, value) => (life.isDead ? undefined : storage.setItem(name, value)),
    removeItem: (name) => (life.isDead ? undefined : storage.removeItem(name)),
  }
}
