import { act, renderHook } from '@testing-library/react'
import { useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { expect, it } from 'vitest'
import { WorkflowProvider, useWorkflowStream } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
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
