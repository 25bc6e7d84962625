import { describe, expect, it } from 'vitest'
import { createWorkflowSimulator, manualClock, type WorkflowSimulator } from '../../src/testing.ts'
import type { StreamFault } from '../../src/testing/faults.ts'
import { parseFrames, post, readPieces, textOf } from './readStream.ts'
import { serve, streamInMemory, workflowPathOf } from './serve.ts'

const json = (body: object): RequestInit => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })

/** A run that waits for its approver, with its stream open. */
async function waitingRun(): Promise<{ readonly simulator: WorkflowSimulator; readonly response: Response; readonly approve: () => void }> {
  const simulator = createWorkflowSimulator({ speed: 0, clock: manualClock() })
  const response = await streamInMemory(simulator, 'approval')
  return { simulator, response, approve: () => simulator.approve(simulator.tasks[0]!.id) }
}

describe('a strike', () => {
  it.each([
    ['cuts', { kind: 'cut' }, new TypeError('network error')],
    ['truncates', { kind: 'truncate' }, undefined],
  ] satisfies [string, StreamFault, unknown][])('%s what is open, and the run goes on', async (_name, fault, expected) => {
    const { simulator, response, approve } = await waitingRun()

    const struck = simulator.strike(fault)
    approve()

    const { pieces, error } = await readPieces(response)
    expect(struck).toBe(1)
    expect(error).toEqual(expected)
    expect(parseFrames(pieces.join('')).at(-1)!.type).toBe('task_updated')
    expect(simulator.tasks[0]).toMatchObject({ status: 'completed' })
  })

  it('stalls what is open for its time, and nothing is missing after it', async () => {
    const clock = manualClock()
    const simulator = createWorkflowSimulator({ speed: 0, clock })
    const response = await streamInMemory(simulator, 'approval')
    let isOver = false
    const reading = readPieces(response).finally(() => { isOver = true })

    simulator.strike({ kind: 'stall', ms: 15_000 })
    simulator.approve(simulator.tasks[0]!.id)
    await clock.advance(14_999)
    const wasOver = isOver
    await clock.advance(1)

    const frames = parseFrames((await reading).pieces.join(''))
    expect(wasOver).toBe(false)
    expect(textOf(frames)).toBe('The offer was approved and is on its way to Hopper & Sons.')
    expect(frames.at(-1)!.type).toBe('task_finished')
  })

  it('cuts a stream that stalls', async () => {
    const { simulator, response } = await waitingRun()
    simulator.strike({ kind: 'stall' })

    simulator.strike({ kind: 'cut' })

    expect((await readPieces(response)).error).toEqual(new TypeError('network error'))
  })

  it('breaks the connection over HTTP', async () => {
    const { simulator, stream } = await serve()
    const response = await stream('approval', 'Hi')

    simulator.strike({ kind: 'cut' })

    expect((await readPieces(response)).error).toBeInstanceOf(TypeError)
  })

  it('counts only streams that somebody still reads and that have not ended', async () => {
    const { simulator, response, approve } = await waitingRun()
    await (await streamInMemory(simulator, 'question-and-answer')).text()
    await (await streamInMemory(simulator, 'approval')).body!.cancel()

    const struck = [simulator.strike({ kind: 'cut' }), simulator.strike({ kind: 'cut' })]
    approve()

    await readPieces(response)
    expect(struck).toEqual([1, 0])
  })

  it('is asked for over HTTP', async () => {
    const { simulator, url } = await serve()
    const response = await fetch(`${url}${workflowPathOf(simulator, 'approval')}/invoke/stream`, post({ input: { text: 'Hi' } }))

    const answer = await fetch(`${url}/simulator/strike`, json({ kind: 'cut' }))

    expect(await answer.json()).toEqual({ struck: 1 })
    expect((await readPieces(response)).error).toBeInstanceOf(TypeError)
  })

  it.each([
    [null, "takes { kind: 'cut' }"],
    [{ kind: 'duplicate' }, "takes { kind: 'cut' }"],
    [{ kind: 'stall', ms: -1 }, 'needs ms to be milliseconds from 0 up'],
  ])('that makes no sense is refused: %j', (fault, message) => {
    const simulator = createWorkflowSimulator()

    expect(() => simulator.strike(fault as StreamFault)).toThrow(message)
  })
})

describe('the faults that wait', () => {
  it('are listed until their request came or they are taken back', async () => {
    const { simulator, url, get } = await serve()
    simulator.fault({ kind: 'status', status: 503, on: 'workflows' })
    const takeBack = simulator.fault({ kind: 'cut', afterFrames: 2 })
    const before = simulator.faults

    await get('/v1/workflows')
    const after = (await (await fetch(`${url}/simulator/faults`)).json()) as unknown
    takeBack()

    expect(before).toEqual([{ kind: 'status', status: 503, on: 'workflows' }, { kind: 'cut', afterFrames: 2 }])
    expect(after).toEqual([{ kind: 'cut', afterFrames: 2 }])
    expect(simulator.faults).toEqual([])
  })
})
