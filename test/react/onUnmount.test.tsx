import { act, renderHook } from '@testing-library/react'
import { StrictMode } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions, WorkflowClientOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()
let urls: string[]

// After the page's own, so that its client is destroyed with the clock it was made with.
beforeEach(() => {
  urls = []
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
})
afterEach(() => { vi.useRealTimers() })

const fetch: WorkflowClientOptions['fetch'] = (url) => {
  urls.push(url as string)
  return Promise.resolve(Response.json({ id: 'task-1', status: 'stopped' }))
}

describe.each([['plain', false], ['in StrictMode', true]])('a view that is gone, %s,', (_, isStrict) => {
  const wrapper = ({ children }: { readonly children: ReactNode }): ReactElement => (isStrict ? <StrictMode>{children}</StrictMode> : <>{children}</>)
  /** A view with a run under way. */
  const mount = async (options: Partial<UseWorkflowStreamOptions> = {}) => {
    const client = page.createClient({ fetch })
    const hook = renderHook(
      (props: { taskId?: string }) => useWorkflowStream({ workflowId: 'flow', client, follow: false, ...options, ...props }),
      { wrapper, initialProps: {} },
    )
    await page.submit(hook.result.current)
    await page.send(createFrames().created())
    await act(() => vi.advanceTimersByTimeAsync(1))
    expect(page.hand.requests[0]?.signal.aborted).toBe(false)
    return { ...hook, client }
  }
  const tick = async (): Promise<void> => {
    await vi.advanceTimersByTimeAsync(1)
    await turnOver()
  }

  it('leaves the run alone', async () => {
    const { client, unmount } = await mount()

    unmount()
    await tick()
    await page.send(createFrames().finished({ result: 'x' }))

    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed' })
    expect(urls).toEqual([])
  })

  it('disconnects after a tick, if asked to', async () => {
    const { client, unmount } = await mount({ onUnmount: 'disconnect' })

    unmount()
    await tick()

    expect(page.hand.requests[0]?.signal.aborted).toBe(true)
    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'pending', connection: 'closed' })
    expect(urls).toEqual([])
  })

  it('stops the run after a tick, if asked to', async () => {
    const { client, unmount } = await mount({ onUnmount: 'stop' })

    unmount()
    await tick()

    expect(urls).toEqual(['/api/xpander/v1/tasks/task-1/stop'])
    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'stopped' })
  })

  it.each(['disconnect', 'stop'] as const)('does not %s the run when it only looks elsewhere', async (onUnmount) => {
    const { result, rerender } = await mount({ onUnmount })

    rerender({ taskId: 'other' })
    await tick()
    rerender({})
    act(() => { result.current.reset() })
    await tick()

    expect(urls).toEqual([])
    expect(page.hand.requests[0]?.signal.aborted).toBe(false)
  })
})
