import { act, cleanup, render, screen } from '@testing-library/react'
import { Activity, Component, StrictMode, Suspense, startTransition, use, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Mock } from 'vitest'
import { WorkflowProvider, createWorkflowClient, useWorkflowStream } from '../../src/index.ts'
import type { SettledTurn, WorkflowClient } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

let hand: HandTransport
let record: Record<string, unknown>
/** Tasks that were read, each time; by a second one that follows there would be more. */
let reads: string[]
let client: WorkflowClient
let onSettled: Mock<(turn: SettledTurn) => void>

const createClient = (name = ''): WorkflowClient => createWorkflowClient({
  transport: hand.transport, throttle: false, graph: false, recover: { jitter: 0 },
  fetch: (url) => {
    const path = (url as string).replace('/api/xpander/v1/tasks/', '')
    if (path.endsWith('/thread')) return Promise.resolve(Response.json([]))
    reads.push(name + path)
    return Promise.resolve(Response.json(record))
  },
})

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  hand = createHandTransport()
  record = { id: 'task-1', agent_id: 'flow', status: 'executing' }
  reads = []
  onSettled = vi.fn()
  client = createClient()
})

afterEach(() => {
  cleanup()
  client.destroy()
  vi.useRealTimers()
})

/** What happens to a view in the middle of a run. */
type Life = 'shown' | 'gone' | 'hidden' | 'suspended' | 'broken' | 'twice'

class Boundary extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false }
  static getDerivedStateFromError = (): { isBroken: boolean } => ({ isBroken: true })
  override render(): ReactNode { return this.state.isBroken ? <b>Broken</b> : this.props.children }
}

const never = new Promise<never>(() => undefined)
function Wait(): null { return use(never) }
function Break(): null { throw new Error('A part of the page is broken') }

function View(): ReactElement {
  const run = useWorkflowStream({ workflowId: 'flow', id: 'story', onSettled })
  return <button type="button" onClick={() => { run.submit('Hi') }}>{run.status} {run.connection} {run.text}</button>
}

const Page = ({ life }: { readonly life: Life }): ReactElement => (
  // Another boundary is what a page shows when it tries again.
  <Boundary key={life === 'broken' ? 'broken' : 'whole'}>
    <Activity mode={life === 'hidden' ? 'hidden' : 'visible'}>
      <Suspense fallback={<i>Waits</i>}>
        {life === 'suspended' && <Wait />}
        {life === 'broken' && <Break />}
        {life !== 'gone' && <View />}
        {life === 'twice' && <View />}
      </Suspense>
    </Activity>
  </Boundary>
)

const later = (ms: number): Promise<void> => act(async () => {
  await vi.advanceTimersByTimeAsync(ms)
  await turnOver()
})

/** The page with a run under way, which tells part of its text. */
async function begin(isStrict: boolean): Promise<{ readonly live: (life: Life, isTransition?: boolean) => Promise<void>; readonly drop: () => Promise<void> }> {
  const tree = (life: Life): ReactElement => {
    const page = <WorkflowProvider client={client}><Page life={life} /></WorkflowProvider>
    return isStrict ? <StrictMode>{page}</StrictMode> : page
  }
  const frames = createFrames()
  const { rerender } = render(tree('shown'), { onCaughtError: () => undefined })
  await act(async () => { screen.getByRole('button').click(); await turnOver() })
  await act(async () => { hand.send(frames.created(), frames.updated(), frames.chunk('Hel')); await turnOver() })
  return {
    live: (life, isTransition = false) => act(async () => {
      if (isTransition) startTransition(() => { rerender(tree(life)) })
      else rerender(tree(life))
      await turnOver()
    }),
    drop: () => act(() => hand.end()),
  }
}

const END = { status: 'completed', result: 'Hello', finished_at: '2026-05-13T10:05:00Z' }

/** Laws 1 and 2: one POST, and one that follows, whatever became of the view. */
function expectOneRun(): void {
  for (const button of screen.getAllByRole('button')) expect(button.textContent).toBe('completed closed Hello')
  expect(hand.requests).toHaveLength(1)
  expect(reads).toEqual(['task-1', 'task-1', 'task-1'])
}

// Broken by: a view that closes the line of its task when it goes (`follow` of useWorkflowStream.ts).
describe.each([['plain', false], ['in StrictMode', true]])('a run whose stream broke, %s', (_, isStrict) => {
  describe.each<Life>(['shown', 'gone', 'hidden', 'suspended', 'broken', 'twice'])('with a view that is %s', (life) => {
    it('when it breaks, is followed once and shown when the view is back', async () => {
      const { live, drop } = await begin(isStrict)
      await live(life)
      await drop()
      await later(1000)
      await live('shown')

      await later(1000)
      record = { ...record, ...END }
      await later(1600)
      await later(600_000)

      expectOneRun()
      expect(onSettled).toHaveBeenCalledTimes(1)
    })

    it('while it is followed, has its end shown when the view is back', async () => {
      const { live, drop } = await begin(isStrict)
      await drop()
      await later(1000)
      await later(1000)
      await live(life)
      record = { ...record, ...END }
      await later(1600)

      await live('shown')
      await later(600_000)

      expectOneRun()
    })
  })

  it('is shown to its end on a page that a transition keeps until the next one is ready', async () => {
    const { live, drop } = await begin(isStrict)
    await live('suspended', true)
    expect(screen.getByRole('button').textContent).toBe('executing open Hel')

    await drop()
    expect(screen.getByRole('button').textContent).toBe('executing recovering Hel')
    await later(1000)
    await later(1000)
    record = { ...record, ...END }
    await later(1600)

    expectOneRun()
    await live('shown')
    expectOneRun()
    expect(onSettled).toHaveBeenCalledTimes(1)
  })
})

// Broken by: `destroy` that closes no line, or `refresh` of useWorkflowStream.ts that reads no unknown task.
it.each([
  ['while its stream is open', false],
  ['while it is followed', true],
])('is taken over by id %s when the module that holds the client is loaded anew, and the old client asks no more', async (_, isDropped) => {
  function Chat(): ReactElement {
    // Kept over a hot reload, as all state is.
    const [taskId, setTaskId] = useState<string>()
    const run = useWorkflowStream({ workflowId: 'flow', taskId, onTaskId: setTaskId, onSettled })
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.status} {run.connection} {run.text}</button>
  }
  const tree = (): ReactElement => <StrictMode><WorkflowProvider client={client}><Chat /></WorkflowProvider></StrictMode>
  const frames = createFrames()
  const { rerender } = render(tree())
  await act(async () => { screen.getByRole('button').click(); await turnOver() })
  await act(async () => { hand.send(frames.created(), frames.updated(), frames.chunk('Hel')); await turnOver() })
  if (isDropped) {
    await act(() => hand.end())
    await later(1000)
  }
  reads = []

  // What `import.meta.hot.dispose` does, and then the new module.
  client.destroy()
  client = createClient('new ')
  await act(async () => { rerender(tree()); await turnOver() })
  await later(0)
  expect(screen.getByRole('button').textContent).toBe('executing polling ')
  record = { ...record, ...END }
  await later(1000)
  await later(600_000)

  expect(screen.getByRole('button').textContent).toBe('completed closed Hello')
  expect(hand.requests).toHaveLength(1)
  expect(reads).toEqual(['new task-1', 'new task-1'])
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ taskId: 'task-1', result: 'Hello' }))
})
