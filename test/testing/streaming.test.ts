import { afterEach, describe, expect, it } from 'vitest'
import { createWorkflowSimulator, manualClock, type ListeningSimulator } from '../../src/testing.ts'
import { post, readFrames } from './readStream.ts'

const opened: ListeningSimulator[] = []
afterEach(async () => {
  for (const listening of opened.splice(0)) await listening.close()
})

describe('a stream', () => {
  it('begins with task_created, ends with task_finished, and is the same in memory and over HTTP', async () => {
    const read = async (isHttp: boolean) => {
      const simulator = createWorkflowSimulator({ speed: 0, clock: manualClock() })
      const path = `/v1/workflows/${simulator.workflows[0]?.id ?? ''}/invoke/stream`
      if (!isHttp) return readFrames(await simulator.fetch(path, post({ input: { text: 'Hi' } })))
      const listening = await simulator.listen()
      opened.push(listening)
      return readFrames(await fetch(listening.url + path, post({ input: { text: 'Hi' } })))
    }

    const inMemory = await read(false)
    const overHttp = await read(true)

    expect(inMemory[0]).toMatchObject({ type: 'task_created', data: { status: 'pending', input: { text: 'Hi' } } })
    expect(inMemory.at(-1)).toMatchObject({ type: 'task_finished', data: { status: 'completed' } })
    expect(overHttp).toEqual(inMemory)
  })
})
