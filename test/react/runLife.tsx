import { act, cleanup, render, screen } from '@testing-library/react'
import { Component, StrictMode, Suspense, lazy, startTransition, version } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, beforeEach, expect, onTestFinished, vi } from 'vitest'
import type { Mock } from 'vitest'
import { WorkflowProvider, createWorkflowClient, useWorkflowStream } from '../../src/index.ts'
import type { SettledTurn, WorkflowClient } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

/** What happens to a view in the middle of a run. */
export type Life = 'shown' | 'gone' | 'hidden' | 'suspended' | 'broken' | 'twice'

/** A run of one test, whose stream and whose record the test writes by hand. */
export interface RunLife {
  readonly client: WorkflowClient
  readonly hand: HandTransport
  readonly onSettled: Mock<(turn: SettledTurn) => void>
  /** The record of the task; it is `executing` until `finish`. */
  readonly finish: () => void
  /** Tasks that were read, each time; by a second one that follows there would be more. */
  readonly reads: readonly string[]
  /** A client of the same service that says its name with each read, in place of the one before. */
  readonly replaceClient: (name: string) => void
}

/** The page with a run under way, which has told part of its text. */
export interface Begun {
  readonly live: (life: Life, isTransition?: boolean) => Promise<void>
  readonly drop: () => Promise<void>
}

export function runLifeForTests(): RunLife {
  let hand: HandTransport
  let record: Record<string, unknown>
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
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
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
  return {
    get client() { return client },
    get hand() { return hand },
    get onSettled() { return onSettled },
    get reads() { return reads },
    finish() { record = { ...record, status: 'completed', result: 'Hello', finished_at: '2026-05-13T10:05:00Z' } },
    replaceClient(name) {
      client.destroy()
      reads = []
      client = createClient(name)
    },
  }
}

/** Begins one, on a page that a test may put more around. */
export async function begin(run: RunLife, isStrict: boolean, Around = Plain): Promise<Begun> {
  const tree = (life: Life): ReactElement => {
    const page = <WorkflowProvider client={run.client}><Page run={run} life={life} Around={Around} /></WorkflowProvider>
    return isStrict ? <StrictMode>{page}</StrictMode> : page
  }
  const frames = createFrames()
  const { rerender } = render(tree('shown'), { onCaughtError: () => undefined })
  await act(async () => { screen.getByRole('button').click(); await turnOver() })
  await act(async () => { run.hand.send(frames.created(), frames.updated(), frames.chunk('Hel')); await turnOver() })
  return {
    live: (life, isTransition = false) => act(async () => {
      if (life === 'broken') muteReact18()
      if (isTransition) startTransition(() => { rerender(tree(life)) })
      else rerender(tree(life))
      await turnOver()
    }),
    drop: () => act(() => run.hand.end()),
  }
}

/** It tells of an error that a boundary caught, unless somebody else took care of it. */
export function muteReact18(): void {
  if (!version.startsWith('18.')) return
  const takeCare = (event: Event): void => { event.preventDefault() }
  window.addEventListener('error', takeCare)
  onTestFinished(() => { window.removeEventListener('error', takeCare) })
}

export const later = (ms: number): Promise<void> => act(async () => {
  await vi.advanceTimersByTimeAsync(ms)
  await turnOver()
})

/** Laws 1 and 2: one POST, and one that follows, whatever became of the view. */
export function expectOneRun({ hand, reads }: RunLife): void {
  for (const button of screen.getAllByRole('button')) expect(button.textContent).toBe('completed closed Hello')
  expect(hand.requests).toHaveLength(1)
  expect(reads).toEqual(['task-1', 'task-1', 'task-1'])
}

/** Shows that something is broken until it is taken away. */
export class Boundary extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false }
  static getDerivedStateFromError = (): { isBroken: boolean } => ({ isBroken: true })
  override render(): ReactNode { return this.state.isBroken ? <b>Broken</b> : this.props.children }
}

type AroundProps = { readonly life: Life; readonly children: ReactNode }
const Plain = ({ children }: AroundProps): ReactElement => <>{children}</>

const Wait = lazy(() => new Promise<never>(() => undefined))
function Break(): null { throw new Error('A part of the page is broken') }

function View({ onSettled }: Pick<RunLife, 'onSettled'>): ReactElement {
  const run = useWorkflowStream({ workflowId: 'flow', id: 'story', onSettled })
  return <button type="button" onClick={() => { run.submit('Hi') }}>{run.status} {run.connection} {run.text}</button>
}

const Page = ({ run, life, Around }: { readonly run: RunLife; readonly life: Life; readonly Around: typeof Plain }): ReactElement => (
  // Another boundary is what a page shows when it tries again.
  <Boundary key={life === 'broken' ? 'broken' : 'whole'}>
    <Around life={life}>
      <Suspense fallback={<i>Waits</i>}>
        {life === 'suspended' && <Wait />}
        {life === 'broken' && <Break />}
        {life !== 'gone' && <View onSettled={run.onSettled} />}
        {life === 'twice' && <View onSettled={run.onSettled} />}
      </Suspense>
    </Around>
  </Boundary>
)
