import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, manualClock, type Fault } from '../../src/testing.ts'
import { parseEvents, parseFrames, readFrames, readPieces } from './readStream.ts'
import { serve, streamInMemory } from './serve.ts'

const scenario = 'question-and-answer'

/** What a stream without faults sends. */
async function wholeStream(): Promise<string> {
  return (await streamInMemory(createWorkflowSimulator({ speed: 0, clock: manualClock() }), scenario)).text()
}

/** The same stream with a fault, in memory. */
async function faultyStream(fault: Fault): Promise<{ readonly response: Response; readonly pieces: readonly string[]; readonly text: string; readonly error: unknown }> {
  const simulator = createWorkflowSimulator({ speed: 0, clock: manualClock() })
  simulator.fault(fault)
  const response = await streamInMemory(simulator, scenario)
  const { pieces, error } = await readPieces(response)
  return { response, pieces, text: pieces.join(''), error }
}

/** The same stream with a fault, over HTTP. */
async function faultyHttpStream(fault: Fault): Promise<{ readonly text: string; readonly error: unknown }> {
  const { simulator, stream } = await serve({ clock: manualClock() })
  simulator.fault(fault)
  const { pieces, error } = await readPieces(await stream(scenario, 'Hi'))
  return { text: pieces.join(''), error }
}

describe('a cut', () => {
  it.each([
    ['at a byte', { atByte: 900 }, (whole: string) => whole.slice(0, 900)],
    ['before the first byte', { atByte: 0 }, () => ''],
    ['before the first frame', { afterFrames: 0 }, () => ''],
    ['after frames', { afterFrames: 2 }, (whole: string) => `${whole.split('\n\n').slice(0, 2).join('\n\n')}\n\n`],
  ])('%s breaks the body when all before it was read', async (_name, position, expected) => {
    const inMemory = await faultyStream({ kind: 'cut', ...position })
    const overHttp = await faultyHttpStream({ kind: 'cut', ...position })

    const whole = await wholeStream()
    expect(inMemory.text).toBe(expected(whole))
    expect(inMemory.error).toEqual(new TypeError('network error'))
    expect(overHttp.text).toBe(expected(whole))
    expect(overHttp.error).toBeInstanceOf(TypeError)
  })

  it('leaves the run alone', async () => {
    const { simulator, stream } = await serve()
    simulator.fault({ kind: 'cut', atByte: 10 })

    await readPieces(await stream(scenario, 'Hi'))

    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it('counts bytes, not characters', async () => {
    const { simulator, stream } = await serve()
    const whole = new Uint8Array(await (await stream(scenario, '“Ünïcödé” 🚋')).arrayBuffer())
    const at = whole.findIndex((byte) => byte >= 0x80) + 1
    simulator.fault({ kind: 'truncate', atByte: at })

    const cut = new Uint8Array(await (await stream(scenario, '“Ünïcödé” 🚋')).arrayBuffer())

    expect(cut.length).toBe(at)
    expect(cut.at(-1)! >= 0x80).toBe(true)
  })
})

describe('a truncation', () => {
  it('ends the body as if it were whole', async () => {
    const inMemory = await faultyStream({ kind: 'truncate', atByte: 1200 })
    const overHttp = await faultyHttpStream({ kind: 'truncate', atByte: 1200 })

    const expected = { text: (await wholeStream()).slice(0, 1200), error: undefined }
    expect(inMemory).toMatchObject(expected)
    expect(overHttp).toEqual(expected)
  })
})

describe('a stall', () => {
  it('keeps the line open and silent for its time, then goes on', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ speed: 0, clock })
    simulator.fault({ kind: 'stall', afterFrames: 1, ms: 30_000 })
    const reader = (await streamInMemory(simulator, scenario)).body!.getReader()
    const first = await reader.read()
    let hasMore = false
    const second = reader.read().then((piece) => {
      hasMore = true
      return piece
    })

    await clock.advance(29_999)
    const hadMore = hasMore
    await clock.advance(1)

    expect(new TextDecoder().decode(first.value)).toContain('task_created')
    expect(hadMore).toBe(false)
    expect(new TextDecoder().decode((await second).value)).toContain('task_updated')
  })

  it('without a time lasts for ever, while the run goes on', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ speed: 0, clock })
    simulator.fault({ kind: 'stall', atByte: 50 })
    const reader = (await streamInMemory(simulator, scenario)).body!.getReader()
    await reader.read()
    let hasMore = false
    void reader.read().then(() => { hasMore = true })

    await clock.advance(24 * 3_600_000)

    expect(hasMore).toBe(false)
    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })
})

describe('a split', () => {
  it('hands out pieces of so many bytes', async () => {
    const { pieces, text } = await faultyStream({ kind: 'split', everyBytes: 7 })

    expect(text).toBe(await wholeStream())
    expect(pieces.length).toBeGreaterThan(text.length / 7)
  })

  it('hands out pieces that end where it says, inside a character too', async () => {
    const simulator = createWorkflowSimulator({ speed: 0, clock: manualClock() })
    simulator.fault({ kind: 'split', at: [3, 5, 100] })

    const reader = (await streamInMemory(simulator, scenario)).body!.getReader()
    const lengths = [await reader.read(), await reader.read(), await reader.read()].map((piece) => piece.value?.length)

    expect(lengths).toEqual([3, 2, 95])
  })

  it('reaches an HTTP client in pieces', async () => {
    const { simulator, stream } = await serve({ clock: manualClock() })
    simulator.fault({ kind: 'split', everyBytes: 1000 })

    const { pieces } = await readPieces(await stream(scenario, 'Hi'))

    expect(pieces.join('')).toBe(await wholeStream())
    expect(pieces.length).toBeGreaterThan(1)
  })
})

describe('frames', () => {
  it('can be malformed, once, between two that are not', async () => {
    const { text } = await faultyStream({ kind: 'malformed', afterFrames: 2, text: '{"type":' })

    const events = parseEvents(text).map((event) => event.data)
    expect(events[2]).toBe('{"type":')
    expect(events.filter((_, index) => index !== 2)).toEqual(parseEvents(await wholeStream()).map((event) => event.data))
  })

  it('can be malformed before the first', async () => {
    const { text } = await faultyStream({ kind: 'malformed', afterFrames: 0 })

    expect(parseEvents(text)[0]!.data).toBe('{"type":"chunk","data":"Hel')
  })

  it('can all come twice', async () => {
    const { text } = await faultyStream({ kind: 'duplicate' })

    expect(parseFrames(text)).toEqual(parseFrames(await wholeStream()).flatMap((frame) => [frame, frame]))
  })

  it('can come twice at some positions', async () => {
    const { text } = await faultyStream({ kind: 'duplicate', frames: [0, 3] })

    const whole = parseFrames(await wholeStream())
    expect(parseFrames(text)).toEqual(whole.flatMap((frame, index) => (index === 0 || index === 3 ? [frame, frame] : [frame])))
  })

  it('can have ids, counted from 1, the same for a copy', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    simulator.fault({ kind: 'sseIds' })
    simulator.fault({ kind: 'duplicate', frames: [1] })

    const events = parseEvents(await (await streamInMemory(simulator, scenario)).text())

    expect(events.slice(0, 4).map((event) => event.id)).toEqual(['1', '2', '2', '3'])
  })

  it('have no ids otherwise', async () => {
    expect(parseEvents(await wholeStream()).every((event) => event.id === undefined)).toBe(true)
  })
})

describe('an answer', () => {
  it('can claim another type', async () => {
    const { response, text } = await faultyStream({ kind: 'contentType', value: 'text/html' })

    expect(response.headers.get('content-type')).toBe('text/html')
    expect(text).toBe(await wholeStream())
  })

  it.each([
    ['finished', 'completed'],
    [undefined, 'completed'],
    ['started', 'pending'],
  ] as const)('can be JSON of the task, %s', async (when, status) => {
    const { simulator, stream } = await serve({ speed: when === 'started' ? 1 : 0 })
    simulator.fault({ kind: 'json', ...(when ? { when } : {}) })

    const response = await stream(scenario, 'Hi')

    expect(response.headers.get('content-type')).toBe('application/json')
    expect(await response.json()).toMatchObject({ status, input: { text: 'Hi' } })
  })

  it.each([
    [false, 0],
    [true, 1],
  ])('can be none at all; the run has started: %s', async (runStarts, tasks) => {
    const { simulator, stream } = await serve()
    simulator.fault({ kind: 'noAnswer', runStarts, times: 2 })

    await expect(stream(scenario, 'Hi')).rejects.toThrow(TypeError)
    expect(simulator.tasks).toHaveLength(tasks)
    await expect(streamInMemory(simulator, scenario)).rejects.toThrow(new TypeError('Failed to fetch'))
    expect(simulator.requests.map((request) => request.status)).toEqual([null, null])
  })

  it('can come late', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ clock, speed: 0 })
    simulator.fault({ kind: 'latency', ms: 5000 })
    let isAnswered = false
    const answer = streamInMemory(simulator, scenario).then((response) => {
      isAnswered = true
      return readFrames(response)
    })

    await clock.advance(4999)
    const wasAnswered = isAnswered
    await clock.advance(1)

    expect(wasAnswered).toBe(false)
    expect((await answer).at(-1)!.type).toBe('task_finished')
  })
})

describe('a fault', () => {
  it('is for the next request of its route only', async () => {
    const { simulator, stream, get } = await serve()
    simulator.fault({ kind: 'status', status: 500, on: 'workflows' })

    expect((await stream(scenario, 'Hi')).status).toBe(200)
    expect((await get('/v1/workflows')).status).toBe(500)
    expect((await get('/v1/workflows')).status).toBe(200)
  })

  it.each([
    ['times', { times: 2 }, [500, 500, 200]],
    ['for ever', { times: Infinity }, [500, 500, 500]],
    ['any route', { on: 'any' }, [500, 200, 200]],
  ] as const)('can be for more: %s', async (_name, scope, statuses) => {
    const { simulator, get } = await serve()
    simulator.fault({ kind: 'status', status: 500, on: 'workflows', ...scope })

    expect([(await get('/v1/workflows')).status, (await get('/v1/workflows')).status, (await get('/v1/workflows')).status]).toEqual(statuses)
  })

  it('can be taken back, alone or with all others', async () => {
    const { simulator, get } = await serve()
    const takeBack = simulator.fault({ kind: 'status', status: 500, on: 'workflows' })
    simulator.fault({ kind: 'status', status: 503, on: 'tasks' })

    takeBack()
    const afterOne = [(await get('/v1/workflows')).status]
    simulator.clearFaults()

    expect([...afterOne, (await get('/v1/tasks')).status]).toEqual([200, 200])
  })

  it('acts together with others', async () => {
    const { simulator, stream } = await serve()
    simulator.fault({ kind: 'split', everyBytes: 3 })
    simulator.fault({ kind: 'truncate', atByte: 7 })
    simulator.fault({ kind: 'contentType', value: 'text/plain' })

    const response = await stream(scenario, 'Hi')

    expect(response.headers.get('content-type')).toBe('text/plain')
    expect(await response.text()).toHaveLength(7)
  })

  it('can hit an answer of JSON as well', async () => {
    const { simulator, get } = await serve()
    simulator.fault({ kind: 'cut', atByte: 5, on: 'workflows' })

    const { pieces, error } = await readPieces(await get('/v1/workflows'))

    expect(pieces.join('')).toBe('{"ite')
    expect(error).toBeInstanceOf(TypeError)
  })
})
