import { act, fireEvent, render, screen } from '@testing-library/react'
import type { ReactElement } from 'react'
import { expect, it, vi } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions, WorkflowRun } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

type Action = 'stop' | 'disconnect' | 'reconnect' | 'reset'

let run: WorkflowRun

/** A page with a button for each action, and a run under way. */
async function begin(options: Partial<UseWorkflowStreamOptions> = {}): Promise<(action: Action) => Promise<void>> {
  const client = page.createClient({ fetch: (url) => Promise.resolve(Response.json({ id: 'task-1', status: (url as string).endsWith('/stop') ? 'stopped' : 'executing' })) })
  function View(): ReactElement {
    run = useWorkflowStream({ workflowId: 'flow', client, ...options })
    const handlers: Readonly<Record<Action, () => void>> = run
    return (
      <>
        <button onClick={handlers.stop}>stop</button>
        <button onClick={handlers.disconnect}>disconnect</button>
        <button onClick={handlers.reconnect}>reconnect</button>
        <button onClick={handlers.reset}>reset</button>
      </>
    )
  }
  render(<View />)
  await page.submit(run)
  await page.send(createFrames().created(), createFrames().chunk('Hel'))
  return (action) => act(async () => {
    fireEvent.click(screen.getByText(action))
    await turnOver()
  })
}

it.each<[Action, object]>([
  ['stop', { status: 'stopped', text: 'Hel' }],
  ['disconnect', { status: 'pending', connection: 'closed', text: 'Hel' }],
  ['reconnect', { status: 'pending', connection: 'open', text: 'Hel' }],
  ['reset', { status: 'idle', taskId: undefined, text: '' }],
])('lets %s be a click handler as it is', async (action, expected) => {
  const click = await begin()

  await click(action)

  expect(run).toMatchObject(expected)
  expect(page.hand.requests).toHaveLength(1)
})

it('lets reset ask for an empty view with nothing but undefined', async () => {
  const onTaskId = vi.fn()
  const click = await begin({ taskId: 'task-1', onTaskId, follow: false })

  await click('reset')

  expect(onTaskId.mock.calls.at(-1)).toEqual([undefined])
})

it.each([
  ['with nothing beside it', {}],
  ['with defaults of its input', { request: { input: { text: 'Usually', files: ['https://example.com/a.pdf'] } } }],
])('refuses submit as a click handler %s, before anything is sent', (_, options) => {
  const thrown = vi.fn()
  function View(): ReactElement {
    const { submit } = useWorkflowStream({ workflowId: 'flow', ...options })
    const handler: (event: never) => unknown = submit
    return <button onClick={(event) => { try { handler(event as never) } catch (error) { thrown(error) } }}>Run</button>
  }
  render(<page.Wrapper><View /></page.Wrapper>)

  fireEvent.click(screen.getByRole('button'))

  expect(thrown).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({
    code: 'invalid_options', message: expect.stringContaining("write onClick={() => run.submit('...')}"),
  }))
  expect(page.hand.requests).toEqual([])
})
