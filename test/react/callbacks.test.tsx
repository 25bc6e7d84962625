import { act, renderHook } from '@testing-library/react'
import { expect, it, vi } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

// Broken by: observers.ts calling the first view of a task alone; useWorkflowStream.ts without one of the four in `observerOf`.
it('calls back in each mounted hook that shows the task, and in no other', async () => {
  const frames = createFrames()
  const told: string[] = []
  const mount = (name: string, id: string) => renderHook(() => useWorkflowStream({
    workflowId: 'flow', id,
    onEvent: ({ kind }) => { told.push(`${name} ${kind}`) },
    onAuthRequired: ({ url }) => { told.push(`${name} ${url}`) },
    onSettled: ({ result }) => { told.push(`${name} ${result}`) },
    onError: ({ code }) => { told.push(`${name} ${code}`) },
  }), { wrapper: page.Wrapper })
  const { result } = mount('one', 'chat')
  mount('other', 'chat')
  const { unmount } = mount('gone', 'chat')
  mount('elsewhere', 'another chat')
  await page.submit(result.current)
  unmount()

  await page.send(frames.created())
  await act(async () => { result.current.submit('Again'); await turnOver() })
  await page.send(frames.frame('auth_event', { type: 'login_required', data: { url: 'https://sign.in/' } }), frames.finished({ result: 'Done' }))

  const each = ['taskCreated', 'busy', 'authEvent', 'https://sign.in/', 'taskFinished', 'Done']
  const ofView = (name: string): string[] => told.filter((line) => line.startsWith(`${name} `)).map((line) => line.slice(name.length + 1))
  expect(ofView('one')).toEqual(each)
  expect(ofView('other')).toEqual(each)
  expect(told).toHaveLength(2 * each.length)
})

// Broken by: useWorkflowStream.ts without `onAuthRequired` in `observerOf`, or with the callback of the first render.
it('tells the sign-in that a run needs to the callback of the last render, once the store shows it', async () => {
  const frames = createFrames()
  const early: UseWorkflowStreamOptions['onAuthRequired'] = vi.fn()
  const seen: unknown[] = []
  const { result, rerender } = renderHook(
    (props: Pick<UseWorkflowStreamOptions, 'onAuthRequired'>) => useWorkflowStream({ workflowId: 'flow', id: 'chat', ...props }),
    { wrapper: page.Wrapper, initialProps: { onAuthRequired: early } },
  )
  await page.submit(result.current)
  rerender({ onAuthRequired: ({ url }) => { seen.push([url, page.client.store.getState().tasks['task-1']?.auth?.url]) } })

  await page.send(frames.created(), frames.frame('auth_event', { type: 'login_required', data: { url: 'https://sign.in/' } }))
  await page.send(frames.frame('auth_event', { type: 'token_ready', data: {} }), frames.chunk('on'))

  expect(seen).toEqual([['https://sign.in/', 'https://sign.in/']])
  expect(early).not.toHaveBeenCalled()
})

// Broken by: useWorkflowStream.ts comparing nothing with `options.taskId` but whether there is one.
it('tells the id under which a controlled task goes on when the service gives it another', async () => {
  const [first, second] = [createFrames('task-1'), createFrames('task-9', Date.UTC(2026, 4, 13, 11))]
  const onTaskId = vi.fn()
  const { result, rerender } = renderHook(
    (props: { readonly taskId: string | undefined }) => useWorkflowStream({ workflowId: 'flow', onTaskId, ...props }),
    { wrapper: page.Wrapper, initialProps: { taskId: undefined as string | undefined } },
  )
  await page.submit(result.current)
  await page.send(first.created(), first.finished({ result: 'One' }))
  rerender({ taskId: 'task-1' })
  expect(onTaskId.mock.calls).toEqual([['task-1']])

  await page.submit(result.current, 'And then?')
  await page.send(second.created(), second.finished({ result: 'Two' }))

  expect(page.hand.requests.at(-1)?.body).toBe('{"input":{"text":"And then?"},"id":"task-1"}')
  expect(onTaskId.mock.calls).toEqual([['task-1'], ['task-9']])
  rerender({ taskId: 'task-9' })
  expect(result.current).toMatchObject({ taskId: 'task-9', result: 'Two', turns: [{ result: 'One' }, { result: 'Two' }] })
  expect(onTaskId).toHaveBeenCalledTimes(2)
})
