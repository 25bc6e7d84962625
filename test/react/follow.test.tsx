import { act, cleanup, render, renderHook, screen } from '@testing-library/react'
import { StrictMode } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import * as v from 'valibot'
import { WorkflowProvider, createWorkflowClient, useWorkflowStream, useWorkflowTask } from '../../src/index.ts'
import type { UseWorkflowStreamOptions, WorkflowClient } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

let hand: HandTransport
let client: WorkflowClient
let record: Record<string, unknown> | undefined
let reads: string[]

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  hand = createHandTransport()
  record = undefined
  reads = []
  client = createWorkflowClient({
    transport: hand.transport, throttle: false, graph: false, recover: { jitter: 0 },
    fetch: (url) => {
      const path = (url as string).replace('/api/xpander/v1/tasks/', '')
      reads.push(path)
      if (path.endsWith('/thread')) return Promise.resolve(Response.json([{ id: '1', role: 'user', content: 'Asked before' }]))
      return Promise.resolve(record ? Response.json(record) : Response.json({ detail: 'Not found' }, { status: 404 }))
    },
  })
})

afterEach(() => {
  cleanup()
  client.destroy()
  vi.useRealTimers()
})

const Wrapper = ({ children }: { readonly children: ReactNode }): ReactElement => (
  <StrictMode><WorkflowProvider client={client}>{children}</WorkflowProvider></StrictMode>
)

const mount = (options: Partial<UseWorkflowStreamOptions> = {}) =>
  renderHook((props: Partial<UseWorkflowStreamOptions>) => useWorkflowStream({ workflowId: 'flow', ...props }), { wrapper: Wrapper, initialProps: options })

const later = (ms = 0): Promise<void> => act(async () => {
  await vi.advanceTimersByTimeAsync(ms)
  await turnOver()
})

it('reads a task that the store does not have, once, and follows it to its end', async () => {
  record = { id: 'task-1', agent_id: 'flow', status: 'executing', input: { text: 'Asked before' }, created_at: '2026-05-13T10:00:00Z' }
  const onSettled = vi.fn()

  const { result } = mount({ taskId: 'task-1', onSettled })
  await later()

  expect(result.current).toMatchObject({ taskId: 'task-1', status: 'executing', connection: 'polling', turns: [{ input: { text: 'Asked before' } }], hasGap: true })
  expect(reads).toEqual(['task-1', 'task-1/thread'])
  record = { ...record, status: 'completed', result: 'Done', finished_at: '2026-05-13T10:05:00Z' }
  await later(1000)
  expect(result.current).toMatchObject({ status: 'completed', connection: 'closed', result: 'Done', text: 'Done' })
  expect(onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ taskId: 'task-1', result: 'Done' }))
  await later(60_000)
  expect(reads).toHaveLength(3)
})

it('says nothing of the end of a task that had ended before it was read', async () => {
  record = { id: 'task-1', status: 'completed', result: 'Done', finished_at: '2026-05-13T10:05:00Z' }
  const onSettled = vi.fn()

  const { result } = mount({ taskId: 'task-1', onSettled })
  await later()

  expect(result.current).toMatchObject({ status: 'completed', result: 'Done', isSettled: true })
  expect(onSettled).not.toHaveBeenCalled()
})

it('shows what an unknown task was refused with, and asks no more', async () => {
  const onError = vi.fn()

  const { result } = mount({ taskId: 'nowhere', onError })
  await later()
  await later(60_000)

  expect(result.current).toMatchObject({ status: 'idle', connection: 'closed', isRunning: false, error: { code: 'not_found', status: 404 } })
  expect(onError).toHaveBeenCalledTimes(1)
  expect(reads).toEqual(['nowhere'])
})

it.each([
  ['with follow: false', { taskId: 'task-1', follow: false }],
  ['without a task id', {}],
])('reads nothing %s', async (_, options) => {
  const { result } = mount(options)
  await later(60_000)

  expect(result.current.status).toBe('idle')
  expect(reads).toEqual([])
})

it('lets hooks by id only look', async () => {
  const Look = (): ReactElement => <p>{useWorkflowTask('task-1', (task) => task?.status ?? 'nothing')}</p>

  render(<Look />, { wrapper: Wrapper })
  await later()

  expect(screen.getByText('nothing')).toBeTruthy()
  expect(reads).toEqual([])
})

it('asks once for a task that two components show', async () => {
  record = { id: 'task-1', status: 'executing' }
  const Show = (): ReactElement => <p>{useWorkflowStream({ workflowId: 'flow', taskId: 'task-1' }).status}</p>

  render(<><Show /><Show /></>, { wrapper: Wrapper })
  await later()

  expect(screen.getAllByText('executing')).toHaveLength(2)
  expect(reads.filter((path) => path === 'task-1')).toHaveLength(1)
})

it('checks the result of a followed task by its schema', async () => {
  record = { id: 'task-1', status: 'executing' }
  const { result } = mount({ taskId: 'task-1', schema: v.object({ answer: v.number() }) })
  await later()

  record = { id: 'task-1', status: 'completed', result: '{"answer":42}' }
  await later(1000)

  expect(result.current).toMatchObject({ status: 'completed', output: { answer: 42 }, outputIssues: null })
})

it('shows the plan to try again, gives up, and goes on when it is asked to', async () => {
  const frames = createFrames()
  const { result } = mount()
  await act(async () => { result.current.submit('Hi'); await turnOver() })
  await act(async () => { hand.send(frames.created(), frames.chunk('Hel')); await hand.end() })
  expect(result.current).toMatchObject({ connection: 'recovering', attempt: 1, isRunning: true, text: 'Hel' })
  expect(result.current.retryAt).toBeGreaterThan(0)

  await later(120_000)
  expect(result.current).toMatchObject({ connection: 'lost', status: 'pending', text: 'Hel', error: { code: 'connection_lost' } })

  record = { id: 'task-1', status: 'completed', result: 'Hello' }
  await act(async () => { await result.current.reconnect() })
  expect(result.current).toMatchObject({ connection: 'closed', status: 'completed', text: 'Hello', error: null })
  expect(hand.requests).toHaveLength(1)
})

it('shows the submits that wait, and lets them be cancelled', async () => {
  const frames = createFrames()
  const { result } = mount({ whenBusy: 'queue' })
  await act(async () => { result.current.submit('One'); await turnOver() })
  await act(async () => { hand.send(frames.created()); await turnOver() })

  let handles: readonly { readonly key: string; readonly settled: Promise<unknown> }[] = []
  act(() => { handles = [result.current.submit('Two'), result.current.submit('Three')] })
  expect(result.current.queue).toMatchObject([{ input: { text: 'Two' } }, { input: { text: 'Three' } }])
  act(() => { result.current.cancelQueued(handles[0]?.key ?? '') })
  expect(result.current.queue).toMatchObject([{ input: { text: 'Three' } }])
  expect(await handles[0]?.settled).toMatchObject({ cause: 'refused', error: { code: 'cancelled' } })

  await act(async () => { hand.send(frames.finished({ result: '1' })); await turnOver() })
  expect(hand.requests.map(({ body }) => body)).toEqual(['{"input":{"text":"One"}}', '{"input":{"text":"Three"},"id":"task-1"}'])
  expect(result.current).toMatchObject({ queue: [], turns: [{ input: { text: 'One' } }, { input: { text: 'Three' } }] })
})

it('takes an empty task id for none', async () => {
  const { result } = mount({ taskId: '' })
  await later(5000)
  expect(reads).toEqual([])

  act(() => { result.current.submit('Hi') })
  await later()

  expect(result.current.status).toBe('submitting')
  expect(hand.requests[0]?.body).toBe('{"input":{"text":"Hi"}}')
})
