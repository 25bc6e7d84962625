import { jsonResponse } from './modelNetwork.ts'
import type { ModelRead, ModelStream } from './modelNetwork.ts'
import { isOver } from './modelService.ts'
import type { ModelTurn } from './modelService.ts'
import { pass, settle } from './modelWorld.ts'
import type { World } from './modelWorld.ts'

/** One thing that happens. What does not apply at its time is passed over. */
export type Step =
  | readonly ['submit', 'reject' | 'queue' | 'replace', ('other' | 'same')?]
  /** The service answers the stream that was asked for first; it takes a POST with that. */
  | readonly ['answer']
  | readonly ['refuse', number]
  /** The line breaks before the answer; a POST may have been taken. */
  | readonly ['lose', 'request' | 'answer']
  /** The run goes on; nobody hears of it yet. */
  | readonly ['emit', number]
  | readonly ['deliver', number]
  /** All of it: the answer, so many events, and their frames. */
  | readonly ['flow', number]
  | readonly ['drop', 'reset' | 'end']
  /** The line ends within a frame. */
  | readonly ['cut']
  | readonly ['copy', number]
  /** A copy of a frame of the turn before. */
  | readonly ['earlier', number]
  | readonly ['foreign']
  | readonly ['read', ReadAnswer, ('oldest' | 'newest')?]
  | readonly ['pass', number]
  | readonly ['go', 'offline' | 'online' | 'hidden' | 'shown']
  | readonly ['stop']
  | readonly ['stopped', 'confirmed' | 'refused' | 'ignored' | 'silently' | 'before']
  /** Somebody else stops the run. */
  | readonly ['halt']
  | readonly ['cancel']
  | readonly ['disconnect']
  | readonly ['reconnect']
  | readonly ['reload', 'saved' | 'crashed' | 'elsewhere']

/** As it is now, as it was when asked, the turn before, or none. */
export type ReadAnswer = 'fresh' | 'asked' | 'before' | 'reset' | 'garbage' | 'wait' | 404 | 429 | 500

export async function take(world: World, [kind, argument, detail]: Step): Promise<void> {
  const { client, network, page, service } = world
  switch (kind) {
    case 'submit':
      submit(world, argument, detail ?? 'other')
      break
    case 'answer':
      answerStream(world)
      break
    case 'refuse':
      asked(world)?.answer(argument)
      break
    case 'lose': {
      const stream = asked(world)
      if (stream?.request.method === 'POST' && argument === 'answer') begin(world, stream)
      stream?.reset()
      break
    }
    case 'emit': {
      const turn = world.turnNow()
      if (turn) service.emit(turn, argument)
      break
    }
    case 'deliver':
      deliver(world, argument)
      break
    case 'flow': {
      answerStream(world)
      await settle()
      const { turn } = opened(world) ?? {}
      if (turn) service.emit(turn, argument)
      deliver(world, argument * 4)
      break
    }
    case 'drop':
      opened(world)?.[argument]()
      break
    case 'cut':
      cut(world)
      break
    case 'copy': {
      const stream = opened(world)
      if (stream?.turn && stream.position > 0) repeat(world, stream, stream.turn, argument % stream.position)
      break
    }
    case 'earlier': {
      const stream = opened(world)
      const before = stream?.turn?.task.turns[stream.turn.task.turns.indexOf(stream.turn) - 1]
      const isKnown = before && world.task()?.turns.some(({ key, status }) => key === before.key && status === before.status)
      if (stream && isKnown && stream.position > 0) repeat(world, stream, before, argument % before.log.length)
      break
    }
    case 'foreign': {
      const stream = opened(world)
      if (stream && stream.position > 0) stream.say({ data: JSON.stringify(service.foreignFrame()) })
      break
    }
    case 'read': {
      const reads = network.reads.filter(({ route }) => route !== 'stop')
      const read = detail === 'newest' ? reads.at(-1) : reads[0]
      if (read) answerRead(world, read, argument)
      break
    }
    case 'pass': {
      const threads = network.reads.filter(({ route }) => route === 'thread')
      await pass(argument)
      // Not waited for any longer.
      for (const thread of threads) if (!network.reads.includes(thread)) missThread(world, thread)
      break
    }
    case 'go':
      if (argument === 'offline' || argument === 'online') {
        world.isOnline = argument === 'online'
        page.setOnline(world.isOnline)
      } else page.setHidden(argument === 'hidden')
      break
    case 'stop':
      if (world.current !== undefined && world.task()?.turns.length !== 0) {
        world.expectAnswer('stop', client.stop(world.current).then((answer) => world.stops.push(answer)))
      }
      break
    case 'stopped': {
      const read = network.reads.find(({ route }) => route === 'stop')
      if (read && !world.isOnline) read.reset()
      else if (read) answerStop(world, read, argument)
      break
    }
    case 'halt': {
      const turn = world.turnNow()
      if (turn) service.stop(turn)
      break
    }
    case 'cancel': {
      const [waiting] = world.task()?.queue ?? []
      if (waiting) client.cancelQueued(waiting.key)
      break
    }
    case 'disconnect':
      if (world.current !== undefined) client.disconnect(world.current)
      break
    case 'reconnect':
      if (world.current !== undefined) world.expectAnswer('reconnect', client.reconnect(world.current))
      break
    case 'reload':
      await reload(world, argument)
      break
    default: {
      const unhandled: never = kind
      throw new Error(unhandled)
    }
  }
  await settle()
}

const asked = ({ network }: World): ModelStream | undefined => network.streams.find(({ state }) => state === 'asked')
const opened = ({ network }: World): ModelStream | undefined => network.streams.findLast(({ state }) => state === 'open')

function submit(world: World, whenBusy: 'reject' | 'queue' | 'replace', input: 'other' | 'same'): void {
  const { client, current } = world
  const number = world.submits.length
  const { key, settled } = client.submit({
    workflowId: 'flow', input: input === 'same' ? 'Hi' : `ask ${number}`, taskId: current, whenBusy,
  })
  if (current === undefined) {
    world.current = key
    client.show('chat', key)
  }
  const submitted: World['submits'][number] = { key, page: world.pages, turn: undefined }
  world.submits.push(submitted)
  void settled.then((turn) => { submitted.turn = turn })
}

/** The service takes a POST. */
function begin({ service, setup }: World, { request }: ModelStream): ModelTurn {
  const { id, input } = JSON.parse(request.body ?? '') as { readonly id?: string; readonly input: { readonly text: string } }
  const count = [...service.tasks.values()].reduce((sum, { turns }) => sum + turns.length, 0)
  const script = setup.scripts[count % setup.scripts.length] ?? '+'
  return service.begin(id, input.text, script, request.headers['idempotency-key'] ?? '')
}

function answerStream(world: World): void {
  const stream = asked(world)
  if (!stream) return
  const headers = world.setup.replays ? { 'x-workflow-replay': '1' } : {}
  if (stream.request.method === 'POST') {
    stream.turn = begin(world, stream)
    stream.answer(200, headers)
    return
  }
  const id = stream.request.headers['last-event-id'] ?? ''
  const turn = [...world.service.tasks.values()].flatMap(({ turns }) => turns.slice(-1)).find(({ log }) => log.some((frame) => frame.id === id))
  stream.turn = turn
  stream.position = (turn?.log.findIndex((frame) => frame.id === id) ?? 0) + 1
  stream.answer(turn ? 200 : 410, headers)
}

function deliver(world: World, count: number): void {
  const stream = opened(world)
  const { turn } = stream ?? {}
  if (!stream || !turn) return
  for (let left = count; left > 0 && stream.state === 'open' && stream.position < turn.log.length; left -= 1) {
    stream.position += 1
    repeat(world, stream, turn, stream.position - 1, true)
  }
  if (isOver(turn) && stream.position >= turn.log.length) stream.end()
}

/** Hands on a frame; a second time only where something tells that it is a copy. */
function repeat(world: World, stream: ModelStream, turn: ModelTurn, position: number, isNew = false): void {
  const logged = turn.log[position]
  if (!logged) return
  const isOlder = turn !== stream.turn
  if (!isNew && !isOlder && !world.setup.replays && logged.frame.type === 'chunk') return
  stream.say({ data: JSON.stringify(logged.frame), id: world.setup.replays ? logged.id : undefined })
  if (!isOlder) world.told.add(turn.key)
}

function cut(world: World): void {
  const stream = opened(world)
  const next = stream?.turn?.log[stream.position]
  if (!stream) return
  if (next) {
    const data = JSON.stringify(next.frame)
    stream.say({ data: data.slice(0, data.length / 2), id: world.setup.replays ? next.id : undefined })
  }
  stream.end()
}

function answerRead(world: World, read: ModelRead, how: ReadAnswer): void {
  const { service } = world
  const task = service.tasks.get(read.taskId)
  if (!task) {
    read.answer(jsonResponse({ detail: 'Not found' }, 404))
    return
  }
  const isThread = read.route === 'thread'
  const before = task.turns.at(-2)
  if (isThread && how !== 'fresh') missThread(world, read)
  if (how === 'reset') read.reset()
  else if (how === 'garbage') read.answer(Object.assign(new Response(null), { text: () => Promise.resolve('<html>') }))
  else if (how === 'wait') read.answer(jsonResponse({ detail: 'Too many' }, 429, { 'retry-after': '7' }))
  else if (typeof how === 'number') read.answer(jsonResponse({ detail: 'No' }, how))
  else if (how === 'asked') read.answer(jsonResponse(read.whenAsked))
  else {
    const turn = how === 'before' ? before : undefined
    read.answer(jsonResponse(isThread ? service.thread(task, turn) : service.record(task, turn)))
  }
}

/** What is in a thread only will not be seen. */
function missThread({ service, gaps }: World, { taskId }: ModelRead): void {
  for (const { name } of service.tasks.get(taskId)?.turns ?? []) gaps.add(name)
}

function answerStop({ service }: World, read: ModelRead, how: (Step & readonly ['stopped', unknown])[1]): void {
  const task = service.tasks.get(read.taskId)
  if (!task || how === 'refused') {
    read.answer(jsonResponse({ detail: 'No' }, task ? 500 : 404))
    return
  }
  // Meant for the turn that ran when it was asked for.
  const turn = read.whenAsked as ModelTurn
  if (how === 'confirmed' || how === 'silently') service.stop(turn)
  if (how === 'silently') read.reset()
  else read.answer(jsonResponse(service.record(task, how === 'before' ? task.turns.at(-2) : undefined)))
}

async function reload(world: World, how: 'saved' | 'crashed' | 'elsewhere'): Promise<void> {
  const taskId = world.task()?.taskId
  if (how === 'elsewhere' && taskId === undefined) return
  if (how !== 'crashed') world.page.fire('pagehide')
  else {
    world.settled.clear()
    // What was told within the last second may not have been kept.
    world.told.clear()
  }
  await world.leave()
  world.open(how !== 'elsewhere')
  const last = world.task()?.turns.at(-1)
  const latest = world.modelTask()?.turns.at(-1)
  const isAlike = last?.status === 'submitting' || last?.status === 'pending' || last?.input?.text === latest?.input
  if (last && isAlike && latest?.key !== last.key) world.mistakable.add(last.key)
  await settle()
  if (how !== 'elsewhere' || taskId === undefined) return
  world.settled.clear()
  world.current = taskId
  world.client.show('chat', taskId)
  world.expectAnswer('reconnect', world.client.reconnect(taskId))
}

/** Everything is let through, until all that is followed has come to its end. */
export async function finish(world: World, check: (world: World) => void): Promise<void> {
  await take(world, ['go', 'online'])
  await take(world, ['go', 'shown'])
  for (let round = 0; round < 60; round += 1) {
    for (let count = 0; count < 3; count += 1) {
      await take(world, ['answer'])
      for (const { turns } of world.service.tasks.values()) for (const turn of turns) world.service.emit(turn, 1000)
      await take(world, ['deliver', 1000])
      // What is read may lead to a stop, and a stop to a read.
      while (world.network.reads.length > 0) {
        const isStop = world.network.reads.some(({ route }) => route === 'stop')
        await take(world, isStop ? ['stopped', 'confirmed'] : ['read', 'fresh'])
      }
      check(world)
    }
    const task = world.task()
    const isQuiet = !world.network.streams.some(({ state }) => state !== 'over') && (task?.queue.length ?? 0) === 0
    if (isQuiet && world.unanswered.size === 0 && world.submits.every(({ turn }) => turn) && !isUnderWay(world)) return
    if (task && (task.connection === 'lost' || task.connection === 'closed') && isUnderWay(world)) await take(world, ['reconnect'])
    await take(world, ['pass', 61_000])
  }
}

const isUnderWay = (world: World): boolean => {
  const task = world.task()
  return task?.taskId !== undefined && ['idle', 'submitting', 'pending', 'executing', 'paused'].includes(task.status)
}
