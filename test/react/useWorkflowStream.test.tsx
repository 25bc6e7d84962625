import { act, renderHook } from '@testing-library/react'
import { StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

describe.each([['plain', false], ['in StrictMode', true]])('the main hook %s', (_, isStrict) => {
  const mount = (options: Partial<UseWorkflowStreamOptions> = {}) =>
    renderHook((props: Partial<UseWorkflowStreamOptions>) => useWorkflowStream({ workflowId: 'flow', ...props }), {
      wrapper: ({ children }) => <page.Wrapper>{isStrict ? <StrictMode>{children}</StrictMode> : children}</page.Wrapper>,
      initialProps: options,
    })

  it('starts idle and sends nothing by itself', async () => {
    const { result } = mount()
    await act(turnOver)

    expect(result.current).toMatchObject({ status: 'idle', connection: 'closed', text: '', isRunning: false, isSettled: false, turns: [] })
    expect(page.hand.requests).toHaveLength(0)
  })

  it('shows a run from the submit to its result', async () => {
    const frames = createFrames()
    const { result } = mount()

    await page.submit(result.current)
    expect(result.current).toMatchObject({ status: 'submitting', isRunning: true })
    await page.send(frames.created(), frames.updated(), frames.chunk('Hel'), frames.chunk('lo'))
    expect(result.current).toMatchObject({ taskId: 'task-1', status: 'executing', connection: 'open', text: 'Hello' })
    await page.send(frames.finished({ result: 'Hello!' }))

    expect(result.current).toMatchObject({ status: 'completed', result: 'Hello!', text: 'Hello!', isSettled: true, connection: 'closed' })
    expect(page.hand.requests).toHaveLength(1)
  })

  it('continues the conversation with the next submit', async () => {
    const frames = createFrames()
    const { result } = mount()
    await page.submit(result.current, 'One')
    await page.send(frames.created(), frames.finished({ result: '1' }))

    await page.submit(result.current, 'Two')
    await page.send(frames.created(), frames.finished({ result: '2' }))

    expect(page.hand.requests.map(({ body }) => body)).toEqual(['{"input":{"text":"One"}}', '{"input":{"text":"Two"},"id":"task-1"}'])
    expect(result.current.turns.map((turn) => turn.result)).toEqual(['1', '2'])
  })

  it('makes one run of a double click', async () => {
    const onError = vi.fn()
    const { result } = mount({ onError })

    const handles = await act(async () => {
      const both = [result.current.submit('Hi'), result.current.submit('Hi')]
      await turnOver()
      return both
    })

    expect(page.hand.requests).toHaveLength(1)
    expect(await handles[1]?.settled).toMatchObject({ cause: 'refused', error: { code: 'busy' } })
    expect(result.current.status).toBe('submitting')
  })

  it('calls back once a turn, with the options of the last render', async () => {
    const frames = createFrames()
    const first = { onSettled: vi.fn(), onEvent: vi.fn() }
    const last = { onSettled: vi.fn(), onEvent: vi.fn() }
    const { result, rerender } = mount(first)
    await page.submit(result.current)
    await page.send(frames.created())

    rerender(last)
    await page.send(frames.finished({ result: 'x' }))

    expect(first.onEvent).toHaveBeenCalledTimes(1)
    expect(first.onSettled).not.toHaveBeenCalled()
    expect(last.onEvent).toHaveBeenCalledTimes(1)
    expect(last.onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ cause: 'finished', result: 'x' }))
  })

  it('tells a new task id once, and starts nothing when it comes back', async () => {
    const frames = createFrames()
    const onTaskId = vi.fn()
    const { result, rerender } = mount({ onTaskId })
    await page.submit(result.current)
    await page.send(frames.created())

    rerender({ onTaskId, taskId: 'task-1' })
    await page.send(frames.finished({ result: 'x' }))

    expect(onTaskId).toHaveBeenCalledExactlyOnceWith('task-1')
    expect(result.current).toMatchObject({ taskId: 'task-1', result: 'x' })
    expect(page.hand.requests).toHaveLength(1)
  })

  it('empties the view on reset and leaves the run alone', async () => {
    const frames = createFrames()
    const { result } = mount()
    await page.submit(result.current)
    await page.send(frames.created())

    act(() => { result.current.reset() })
    expect(result.current).toMatchObject({ status: 'idle', taskId: undefined, turns: [] })
    await page.send(frames.finished({ result: 'x' }))

    expect(page.client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed', result: 'x' })
  })

  it('asks for an empty view through onTaskId when the task id is controlled', async () => {
    const frames = createFrames()
    const onTaskId = vi.fn()
    const { result, rerender } = mount({ onTaskId })
    await page.submit(result.current)
    await page.send(frames.created(), frames.finished({ result: 'x' }))
    rerender({ onTaskId, taskId: 'task-1' })

    act(() => { result.current.reset() })
    expect(onTaskId).toHaveBeenLastCalledWith(undefined)
    rerender({ onTaskId })

    expect(result.current.status).toBe('idle')
  })

  it('keeps the identity of its functions', async () => {
    const { result } = mount()
    const { submit, stop, disconnect, reset } = result.current

    await page.submit(result.current)

    expect(result.current).toMatchObject({ submit, stop, disconnect, reset })
  })
})

it('hands a callback that throws to reportError and goes on', async () => {
  const frames = createFrames()
  const report = vi.fn()
  vi.stubGlobal('reportError', report)
  const failure = new Error('mine')
  const { result } = renderHook(() => useWorkflowStream({ workflowId: 'flow', onEvent: () => { throw failure } }), { wrapper: page.Wrapper })
  await page.submit(result.current)

  await page.send(frames.created(), frames.finished({ result: 'x' }))

  expect(report).toHaveBeenCalledWith(failure)
  expect(result.current.status).toBe('completed')
  vi.unstubAllGlobals()
})

it('sends the default fields, the input defaults and what a submit overrides', async () => {
  const user = { email: 'a@b.c' }
  const { result } = renderHook(
    () => useWorkflowStream({ workflowId: 'flow', version: 1, request: { title: 'Mine', thinkMode: 'harder', input: { user } } }),
    { wrapper: page.Wrapper },
  )

  await act(async () => { result.current.submit('Hi', { title: 'Yours', version: 2 }); await turnOver() })

  expect(page.hand.requests[0]?.url).toMatch(/version=2$/)
  expect(JSON.parse(page.hand.requests[0]?.body ?? '')).toEqual({ title: 'Yours', think_mode: 'harder', input: { text: 'Hi', user } })
})
