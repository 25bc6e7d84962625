import { act, renderHook } from '@testing-library/react'
import { useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { WorkflowProvider, useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

it('shares one conversation between hooks of one id, and finds it again after a remount', async () => {
  const frames = createFrames()
  const use = () => renderHook(() => useWorkflowStream({ workflowId: 'flow', id: 'chat' }), { wrapper: page.Wrapper })
  const one = use()
  const other = use()
  await page.submit(one.result.current)
  await page.send(frames.created())

  expect(other.result.current.taskId).toBe('task-1')
  one.unmount()
  other.unmount()
  await page.send(frames.finished({ result: 'x' }))

  expect(use().result.current).toMatchObject({ taskId: 'task-1', result: 'x' })
})

it('switches the view with the task id and touches no run', async () => {
  const { result, rerender } = renderHook(
    (props: { taskId?: string }) => useWorkflowStream({ workflowId: 'flow', follow: false, ...props }),
    { wrapper: page.Wrapper, initialProps: {} },
  )
  await page.submit(result.current)
  await page.send(createFrames('one').created())

  rerender({ taskId: 'other' })
  expect(result.current).toMatchObject({ status: 'idle', taskId: undefined })
  rerender({ taskId: 'one' })

  expect(result.current).toMatchObject({ taskId: 'one', status: 'pending' })
  expect(page.hand.requests[0]?.signal.aborted).toBe(false)
})

it('shows no conversation of another workflow', async () => {
  const frames = createFrames()
  const { result, rerender } = renderHook(({ workflowId }) => useWorkflowStream({ workflowId }), {
    wrapper: page.Wrapper, initialProps: { workflowId: 'one' },
  })
  await page.submit(result.current)
  await page.send(frames.created(), frames.finished({ result: 'x' }))

  rerender({ workflowId: 'other' })
  expect(result.current).toMatchObject({ status: 'idle', turns: [] })
  await page.submit(result.current)

  expect(page.hand.requests[1]?.url).toContain('/workflows/other/')
  expect(page.hand.requests[1]?.body).toBe('{"input":{"text":"Hi"}}')
})

describe('a turn that the service answers under a new task id', () => {
  const show = (id: string) => renderHook(() => useWorkflowStream({ workflowId: 'flow', id, whenBusy: 'queue' }), { wrapper: page.Wrapper })

  it.each([
    ['was sent at once', false],
    ['had to wait', true],
  ])('takes the view along when it %s', async (_, isQueued) => {
    const [one, two] = [createFrames('one'), createFrames('two', Date.UTC(2026, 4, 13, 11))]
    const { result } = show('chat')
    await page.submit(result.current, 'One')
    await page.send(one.created())

    if (isQueued) await page.submit(result.current, 'Two')
    await page.send(one.finished({ result: '1' }))
    if (!isQueued) await page.submit(result.current, 'Two')
    await page.send(two.created(), two.finished({ result: '2' }))

    expect(page.hand.requests.map(({ body }) => body)).toEqual(['{"input":{"text":"One"}}', '{"input":{"text":"Two"},"id":"one"}'])
    expect(result.current).toMatchObject({ taskId: 'two', result: '2', turns: [{ result: '1' }, { result: '2' }] })
    expect(page.client.store.getState().tasks.two?.continuedFrom).toBe('one')
  })

  it('takes every view along that shows the conversation, and what else waits', async () => {
    const [one, two] = [createFrames('one'), createFrames('two', Date.UTC(2026, 4, 13, 11))]
    const { result } = show('chat')
    const other = show('beside')
    await page.submit(result.current, 'One')
    await page.send(one.created())
    act(() => { page.client.show('beside', 'one') })

    await page.submit(result.current, 'Two')
    await page.submit(other.result.current, 'Three')
    await page.send(one.finished({ result: '1' }))
    await page.send(two.created())

    expect(result.current).toMatchObject({ taskId: 'two', status: 'pending', queue: [{ input: { text: 'Three' } }] })
    expect(other.result.current).toMatchObject({ taskId: 'two', status: 'pending', queue: [{ input: { text: 'Three' } }] })
    expect(page.client.store.getState().tasks.one).toMatchObject({ status: 'completed', queue: [] })
    await page.send(two.finished({ result: '2' }))
    expect(page.hand.requests.at(-1)?.body).toBe('{"input":{"text":"Three"},"id":"two"}')
  })

  it('tells who gives the task id', async () => {
    const [one, two] = [createFrames('one'), createFrames('two', Date.UTC(2026, 4, 13, 11))]
    const onTaskId = vi.fn()
    const { result, rerender } = renderHook(
      (props: { taskId?: string }) => useWorkflowStream({ workflowId: 'flow', whenBusy: 'queue', onTaskId, ...props }),
      { wrapper: page.Wrapper, initialProps: {} },
    )
    await page.submit(result.current, 'One')
    await page.send(one.created())
    rerender({ taskId: 'one' })

    await page.submit(result.current, 'Two')
    await page.send(one.finished({ result: '1' }))
    await page.send(two.created())

    expect(onTaskId.mock.calls).toEqual([['one'], ['two']])
  })
})

it('keeps the run with the client that started it when the provider changes', async () => {
  const frames = createFrames()
  const otherClient = page.createClient()
  let swap: () => void = () => undefined
  function Swapping({ children }: { readonly children: ReactNode }): ReactElement {
    const [current, setCurrent] = useState(page.client)
    swap = () => { setCurrent(otherClient) }
    return <WorkflowProvider client={current}>{children}</WorkflowProvider>
  }
  const { result } = renderHook(() => useWorkflowStream({ workflowId: 'flow' }), { wrapper: Swapping })
  await page.submit(result.current)

  act(() => { swap() })
  await page.send(frames.created(), frames.finished({ result: 'x' }))

  expect(result.current.status).toBe('idle')
  expect(page.client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed' })
})

describe('a task of another workflow', () => {
  const mount = (options: Partial<UseWorkflowStreamOptions> = {}) => {
    const client = page.createClient({
      fetch: (url) => Promise.resolve(Response.json((url as string).endsWith('/thread') ? [] : { id: 'theirs', agent_id: 'other', status: 'completed', result: 'Done' })),
    })
    return renderHook(() => useWorkflowStream({ workflowId: 'flow', taskId: 'theirs', client, ...options }))
  }

  it('is shown by its id, and gets no turn of this one', async () => {
    const { result } = mount()
    await act(turnOver)
    expect(result.current).toMatchObject({ taskId: 'theirs', status: 'completed', result: 'Done' })

    expect(() => result.current.submit('Hi')).toThrow(expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('workflow other') }))
    await act(turnOver)

    expect(page.hand.requests).toEqual([])
    expect(result.current).toMatchObject({ taskId: 'theirs', status: 'completed', turns: [{ result: 'Done' }], queue: [] })
  })

  it('gets none either when it was submitted to before anybody knew whose it is', async () => {
    const onError = vi.fn()
    const { result } = mount({ whenBusy: 'queue', onError })

    const handle = await page.submit(result.current)
    await act(turnOver)

    expect(await handle.settled).toMatchObject({ cause: 'refused', error: { code: 'invalid_options' } })
    expect(page.hand.requests).toEqual([])
    expect(result.current).toMatchObject({ taskId: 'theirs', status: 'completed', queue: [] })
  })
})
