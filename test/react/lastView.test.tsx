import { act, render } from '@testing-library/react'
import { StrictMode } from 'react'
import type { ReactElement } from 'react'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { WorkflowProvider, useWorkflowStream, useWorkflowText } from '../../src/index.ts'
import type { WorkflowClient } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()
let stops: number
let client: WorkflowClient

// After the page's own, so that its client is destroyed with the clock it was made with.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  stops = 0
  client = page.createClient({
    fetch: () => {
      stops += 1
      return Promise.resolve(Response.json({ id: 'task-1', status: 'stopped' }))
    },
  })
})
afterEach(() => { vi.useRealTimers() })

const tick = async (): Promise<void> => {
  await act(() => vi.advanceTimersByTimeAsync(1))
  await act(turnOver)
}

function View(): ReactElement {
  const run = useWorkflowStream({ workflowId: 'flow', id: 'chat', follow: false, onUnmount: 'stop' })
  return <button type="button" onClick={() => { run.submit('Hi') }}>{run.text}</button>
}
const ById = (): ReactElement => <p>{useWorkflowText('task-1')}</p>

describe.each([['plain', false], ['in StrictMode', true]])('the last view of a run, %s,', (_, isStrict) => {
  /** A page whose views have a run under way, and how to show other ones. */
  const begin = async (views: ReactElement): Promise<(views: ReactElement) => void> => {
    const tree = (shown: ReactElement): ReactElement => {
      const all = <WorkflowProvider client={client}>{shown}</WorkflowProvider>
      return isStrict ? <StrictMode>{all}</StrictMode> : all
    }
    const { rerender, container } = render(tree(views))
    await act(async () => { container.querySelector('button')?.click(); await turnOver() })
    await page.send(createFrames().created())
    await tick()
    expect(stops).toBe(0)
    return (shown) => { rerender(tree(shown)) }
  }

  // Broken by: observers.ts leaving without its look at `has`.
  it.each([['another hook', <View key="b" />], ['a hook by id', <ById key="b" />]])('is not gone while %s shows it', async (_, other) => {
    const show = await begin(<><View key="a" />{other}</>)

    show(<>{other}</>)
    await tick()
    expect(stops).toBe(0)
    expect(page.hand.requests[0]?.signal.aborted).toBe(false)
  })

  it('is gone with the second of two', async () => {
    const show = await begin(<><View key="a" /><View key="b" /></>)

    show(<View key="b" />)
    await tick()
    expect(stops).toBe(0)
    show(<p />)
    await tick()

    expect(stops).toBe(1)
    expect(client.store.getState().tasks['task-1']).toMatchObject({ status: 'stopped' })
  })

  // Broken by: observers.ts leaving at once, without its `setTimeout`.
  it('is not gone when another takes its place within the tick', async () => {
    const show = await begin(<View key="a" />)

    show(<p />)
    show(<View key="b" />)
    await tick()

    expect(stops).toBe(0)
    expect(page.hand.requests[0]?.signal.aborted).toBe(false)
  })
})
