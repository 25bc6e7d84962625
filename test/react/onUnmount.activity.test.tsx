import { act, render } from '@testing-library/react'
import { Activity } from 'react'
import type { ReactElement } from 'react'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { WorkflowProvider, useWorkflowStream } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()
beforeEach(() => { vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] }) })
afterEach(() => { vi.useRealTimers() })

// Broken by: useWorkflowStream.ts asking for nothing (`isGone`) when its effects are taken away.
it.each([
  ['disconnect', [], { status: 'pending', connection: 'closed' }],
  ['stop', ['/api/xpander/v1/tasks/task-1/stop'], { status: 'stopped' }],
] as const)('counts a view that an Activity hides as gone, and does %s', async (onUnmount, urls, task) => {
  const asked: string[] = []
  const client = page.createClient({
    fetch: (url) => {
      asked.push(url as string)
      return Promise.resolve(Response.json({ id: 'task-1', status: 'stopped' }))
    },
  })
  function View(): ReactElement {
    const run = useWorkflowStream({ workflowId: 'flow', id: 'chat', onUnmount })
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.text}</button>
  }
  const tree = (mode: 'visible' | 'hidden'): ReactElement => <WorkflowProvider client={client}><Activity mode={mode}><View /></Activity></WorkflowProvider>
  const { rerender, container } = render(tree('visible'))
  await act(async () => { container.querySelector('button')?.click(); await turnOver() })
  await page.send(createFrames().created())

  rerender(tree('hidden'))
  await act(() => vi.advanceTimersByTimeAsync(1))
  await act(turnOver)

  expect(asked).toEqual(urls)
  expect(page.hand.requests[0]?.signal.aborted).toBe(true)
  expect(client.store.getState().tasks['task-1']).toMatchObject(task)
})
