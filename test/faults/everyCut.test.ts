import { afterEach, describe, expect, it } from 'vitest'
import { createWorkflowClient, selectTask } from '../../src/core.ts'
import type { SettledTurn, TaskState, WorkflowClient } from '../../src/core.ts'
import { childTaskId, modernTurn, taskId } from '../recordings/everyKind.ts'
import { cutHeaders, startScriptedService } from './scriptedService.ts'
import type { Ending, ScriptedService } from './scriptedService.ts'

const frames = modernTurn.map((frame) => `data: ${JSON.stringify(frame)}\n\n`)
const record = (modernTurn.at(-1) as { readonly data: unknown }).data
const length = Buffer.byteLength(frames.join(''))
const firstFrame = Buffer.byteLength(frames[0] ?? '')
const text = 'Routed to billing.'

let service: ScriptedService
afterEach(() => service.close())

interface Outcome {
  readonly posts: number
  readonly turn: SettledTurn
  readonly task: TaskState | undefined
  readonly child: TaskState | undefined
}

/** Runs the recording with its stream cut there. */
async function run(cuts: readonly number[], ending: Ending): Promise<Outcome> {
  const name = `${ending} ${cuts.join(' ')}`
  const headers = cutHeaders(name, cuts, ending)
  const client: WorkflowClient = createWorkflowClient({ baseUrl: service.url, graph: false, headers, recover: { firstDelayMs: 0 } })
  const { key, settled } = client.submit({ workflowId: 'flow', input: 'Hi' })
  const turn = await settled
  const state = client.store.getState()
  client.destroy()
  return { posts: service.postsOf(name), turn, task: selectTask(state, key), child: selectTask(state, childTaskId) }
}

/** Tries every byte as the cut, some at a time. */
async function sweep(step: number, check: (cut: number, where: string) => Promise<void>): Promise<void> {
  let cut = 0
  const worker = async (): Promise<void> => {
    while (cut < length) {
      const at = cut
      cut += step
      await check(at, `cut at byte ${at}`)
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}

/** Everything but what depends on our clock or on the key of the submit. */
const shownOf = (task: TaskState | undefined): unknown =>
  JSON.parse(JSON.stringify(task, (name, value: unknown) => (['key', 'notes', 'clockSkewMs', 'createdAt', 'malformedCount', 'before'].includes(name) ? undefined : value)))

// Reading after a reset is tried at every byte; that the others are no other case is seen at every seventh.
describe.each([['reset', 1], ['end', 7]] as const)('a stream that breaks with a %s', (ending, step) => {
  // Law 2 (nothing lost). Broken by: not following after `dropped` (line.ts), or `polled` not settling (reduceRecord.ts).
  // Law 1 (one POST). Broken by: sending again in line.ts or postStream.ts.
  it('at any byte ends with the right result, read from the task, after one POST', { timeout: 300_000 }, async () => {
    service = await startScriptedService({ taskId, frames, record })

    await sweep(step, async (cut, where) => {
      const { posts, turn, task, child } = await run([cut], ending)

      expect(posts, where).toBe(1)
      if (turn.error?.code === 'unknown_start') {
        // Only as long as no frame was whole.
        expect(cut, where).toBeLessThan(firstFrame)
        expect(turn, where).toMatchObject({ cause: 'lost', error: { mayHaveStarted: true } })
        return
      }
      expect(turn, where).toMatchObject({ taskId, cause: 'finished', status: 'completed', result: text, text, error: null })
      expect(task, where).toMatchObject({ connection: 'closed', turns: [{ status: 'completed', text }], usage: { totalTokens: 908 } })
      expect(child?.status ?? 'completed', where).toBe('completed')
    })
  })

  it('at any byte ends exactly like a whole one where the rest can be had, after one POST', { timeout: 300_000 }, async () => {
    service = await startScriptedService({ taskId, frames, record, replays: true })
    const whole = await run([], ending)

    await sweep(7, async (cut, where) => {
      const { posts, turn, task, child } = await run([cut, 2 * (cut % 301)], ending)

      expect(posts, where).toBe(1)
      if (turn.error?.code === 'unknown_start') {
        expect(cut, where).toBeLessThan(firstFrame + 'id: log.0\n'.length)
        return
      }
      expect(shownOf(task), where).toEqual(shownOf(whole.task))
      expect(shownOf(child), where).toEqual(shownOf(whole.child))
    })
  })
})
