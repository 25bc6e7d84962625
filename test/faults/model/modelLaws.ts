import { expect } from 'vitest'
import type { SettledTurn, TaskState, Turn } from '../../../src/core.ts'
import { isSettled } from '../../../src/core.ts'
import { isOver, textOf } from './modelService.ts'
import type { ModelTurn } from './modelService.ts'
import type { World } from './modelWorld.ts'

/** What has to be true after every step. */
export function checkLaws(world: World): void {
  const { posts, readsOffline, leftovers } = world
  for (const [key, count] of posts) expect(count, `one POST for ${key}`).toBe(1)
  expect(readsOffline, 'nothing is read without a network').toEqual([])
  expect(leftovers, 'a page leaves nothing behind').toEqual([])
  for (const task of Object.values(world.client.store.getState().tasks)) {
    if (task.parentTaskId !== null) continue
    checkTask(world, task)
    for (const turn of task.turns) if (!world.mistakable.has(turn.key)) checkTurn(world, turn)
  }
  for (const { key, turn, page } of world.submits) if (turn && page === world.pages) checkSettled(world, key, turn)
}

/** What has to be true once everything was let through. */
export function checkEnd(world: World): void {
  checkLaws(world)
  const task = world.task()
  expect(world.submits.filter(({ turn }) => !turn), 'every submit settles').toEqual([])
  expect([...world.unanswered], 'every call is answered').toEqual([])
  for (const { key, turn, page } of world.submits) {
    if (page !== world.pages || !turn) continue
    const isUnsent = turn.cause === 'refused' && ['busy', 'cancelled', 'stop_failed'].includes(turn.error?.code ?? '')
    if (isUnsent) expect(world.posts.get(key), `${key} was refused and not sent`).toBeUndefined()
    else if (turn.cause !== 'disconnected') expect(world.posts.get(key) ?? (turn.error?.code === 'network' ? 1 : 0), `${key} was sent`).toBe(1)
  }
  if (task?.taskId === undefined) return
  expect({ status: task.status, connection: task.connection }, 'the task ends').toMatchObject({ connection: 'closed' })
  expect(isSettled(task.status), `the task ends, and is ${task.status}`).toBe(true)
  expect(task.isStopping, 'no stop is under way').toBe(false)
  // What the page shows last is what the service did last, unless it never told us that it had taken it.
  const last = world.service.tasks.get(task.taskId)?.turns.at(-1)
  const shown = task.turns.at(-1)
  if (last && shown && !world.mistakable.has(shown.key) && !isRefused(shown) && (shown.key === last.key || shown.key.includes('#'))) {
    expect(shown, 'the last turn').toMatchObject({ status: last.status, result: last.result })
  }
}

function checkTask(world: World, task: TaskState): void {
  const { connection, attempt, retryAt, turns, status, queue } = task
  const shown = turns.find(({ key }) => key === task.key)
  expect(task, 'the flat fields are of the shown turn').toMatchObject(shown ? { ...shown, error: task.error } : { status: 'idle', text: '' })
  if (connection === 'recovering') {
    expect(attempt, 'recovering: attempt').toBeGreaterThan(0)
    expect(retryAt, 'recovering: retryAt').toBeTypeOf('number')
  } else expect({ attempt, retryAt }, `${connection}: nothing is retried`).toEqual({ attempt: 0, retryAt: null })
  if (isSettled(status)) expect(connection, `${status}: the line is closed`).toBe('closed')
  if (connection === 'offline') expect(world.isOnline, 'offline').toBe(false)
  if (connection === 'lost') expect(task.error?.code, 'lost: error').toBe('connection_lost')
  if (connection === 'open') expect(world.network.streams.some(({ state }) => state === 'open'), 'open: there is a stream').toBe(true)
  expect(new Set(turns.map(({ key }) => key)).size, 'turns have keys of their own').toBe(turns.length)
  const waiting = world.submits.filter(({ key, turn, page }) => page === world.pages && !turn && !world.posts.has(key))
  for (const { key } of queue) expect(waiting.map((submit) => submit.key), 'what is in the queue waits').toContain(key)
}

function checkTurn(world: World, turn: Turn): void {
  const { key, status, text, result } = turn
  const model = modelOf(world, turn)
  const settled = { status, result, text, input: turn.input }
  const before = world.settled.get(key)
  if (before) expect(settled, `${key} had settled`).toEqual(before)
  checkText(turn, model)
  if (!isSettled(status)) return
  world.settled.set(key, settled)
  if (isRefused(turn)) {
    if (turn.error?.code === 'unknown_start') expect(world.told.has(key), 'unknown_start: no frame was whole').toBe(false)
    return
  }
  // Of turns before our time a thread says less.
  if (!model || turn.notes.firstEventAt === null && turn.key.includes('#')) return
  expect(isOver(model), `${model.name} has ended`).toBe(true)
  expect({ status, result }, model.name).toEqual({ status: model.status, result: model.result })
  if (status !== 'stopped' && !world.gaps.has(model.name)) expect(text, `text of ${model.name}`).toBe(textOf(model))
}

/** Pieces in their order, each once, of one turn. */
function checkText({ text }: Turn, model: ModelTurn | undefined): void {
  const pieces = text.match(/\[[^\]]*\]/g) ?? []
  expect(pieces.join(''), 'a text is made of pieces').toBe(text)
  if (!model) return
  const known = [...model.pieces, `[${model.name}:result]`]
  const places = pieces.map((piece) => known.indexOf(piece))
  expect(places, `pieces of ${model.name} in order, each once: ${text}`).toEqual([...new Set(places)].sort((one, other) => one - other))
  expect(places, `pieces are of ${model.name}: ${text}`).not.toContain(-1)
}

function checkSettled(world: World, key: string, turn: SettledTurn): void {
  const model = world.turnOf(key)
  if (turn.cause === 'stopped') expect(model?.status, 'stopped: as the service says').toBe('stopped')
  if (turn.cause === 'finished') {
    expect(model && isOver(model), `finished: ${key}`).toBe(true)
    expect({ status: turn.status, result: turn.result }, `finished: ${key}`).toEqual({ status: model?.status, result: model?.result })
  }
  if (turn.cause === 'lost' && turn.error === null) expect.fail(`lost without an error: ${key}, ${turn.status}`)
}

const isRefused = ({ error }: Turn): boolean => error?.phase === 'submit'

/** The turn that this one is of, by its key or by what it says. */
function modelOf(world: World, { key, text }: Turn): ModelTurn | undefined {
  const name = /^\[([^:\]]*):/.exec(text)?.[1]
  return world.turnOf(key) ?? [...world.service.tasks.values()].flatMap(({ turns }) => turns).find((turn) => turn.name === name)
}
