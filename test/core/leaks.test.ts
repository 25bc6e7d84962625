import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect, it, onTestFinished } from 'vitest'
import { createFrames } from '../frames.ts'
import { answerWith, openStream, startStreamServer } from '../transport/streamServer.ts'
import type { StreamServer } from '../transport/streamServer.ts'
import { bundle } from './bundle.ts'
import type { Leftovers } from './leakRun.ts'

const execute = promisify(execFile)

// Broken by: pause.ts or requests.ts not removing a listener, watchStall.ts not clearing its timer, `destroy` that closes no line.
it('leaves no timer, no socket, no listener and no memory behind a thousand runs, of which half were followed', async () => {
  const server = await startService()
  onTestFinished(() => server.close())
  const script = await bundle('./leakRun.ts')

  const running = execute(process.execPath, ['--expose-gc', '--input-type=module', '-'], {
    env: { ...process.env, SERVICE: server.url },
    // What is left behind keeps a process from ending.
    timeout: 50_000,
  })
  running.child.stdin?.end(script)
  const left = JSON.parse((await running).stdout) as Leftovers

  expect(left.outcomes).toEqual({ 'finished: Hello': 1000, disconnected: 2 })
  expect(left.resources).toEqual(left.resourcesBefore)
  expect(left.signalsGiven).toBeGreaterThan(1000)
  expect(left.signals).toBe(0)
  expect(left.warnings).toEqual([])
  expect(left.pageListenersAdded).toBeGreaterThan(1000)
  expect(left.pageListeners).toBe(0)
  expect(left.heapRatio).toBeLessThan(1.3)
}, 60_000)

/** Runs that are `whole`, that break off and have ended (`cut`), end later (`slow`) or wait (`paused`), that say nothing more (`silent`), each after the name of its workflow. */
function startService(): Promise<StreamServer> {
  let started = 0
  let reads = 0
  return startStreamServer((response, { method, url }) => {
    // Node keeps what may be used again.
    response.setHeader('connection', 'close')
    const [, kind = '', taskId] = /\/(?:workflows|tasks)\/([a-z]+)(-\d+)?/.exec(url) ?? []
    if (taskId !== undefined) {
      reads += 1
      const isUnderWay = kind === 'slow' && reads % 30 !== 0
      const fields = isUnderWay ? { status: 'executing', result: String(reads) } : kind === 'paused' ? { status: 'paused' } : { status: 'completed', result: 'Hello' }
      answerWith(response, 200, 'application/json', JSON.stringify({ id: `${kind}${taskId}`, ...fields }))
    } else if (method === 'POST') {
      started += 1
      const frames = createFrames(`${kind}-${started}`)
      const end = kind === 'whole' ? [frames.chunk('lo'), frames.finished({ result: 'Hello' })] : []
      const told = [frames.created(), frames.updated(), frames.chunk('Hel'), ...end]
      openStream(response, told.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join(''))
      if (kind === 'whole') response.end()
      else if (kind !== 'silent') setImmediate(() => { response.destroy() })
    } else answerWith(response, 200, 'application/json', '[]')
  })
}
