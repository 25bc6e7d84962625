import { act, cleanup } from '@testing-library/react'
import { hydrateRoot } from 'react-dom/client'
import { renderToString } from 'react-dom/server'
import { afterEach, expect, it, vi } from 'vitest'
import { WorkflowProvider, createWorkflowClient, useWorkflowStream, useWorkflowText } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'

afterEach(cleanup)

function View() {
  const run = useWorkflowStream({ workflowId: 'flow', id: 'chat' })
  const text = useWorkflowText('task-1')
  return <p>{run.status}: {run.text}{text}</p>
}

it('renders idle on a server, whatever the store holds', async () => {
  const hand = createHandTransport()
  const client = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false })
  client.submit({ workflowId: 'flow', input: 'Hi' })
  await turnOver()
  hand.send(createFrames().created())

  const html = renderToString(<WorkflowProvider client={client}><View /></WorkflowProvider>)

  expect(html).toContain('idle')
  client.destroy()
})

it('hydrates without a warning and shows what the store holds right after', async () => {
  const frames = createFrames()
  const hand = createHandTransport()
  const client = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false })
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  client.show('chat', key)
  await turnOver()
  hand.send(frames.created(), frames.chunk('Hello'))
  const page = <WorkflowProvider client={client}><View /></WorkflowProvider>
  const container = document.createElement('div')
  container.innerHTML = renderToString(page)
  const complain = vi.spyOn(console, 'error')
  const onRecoverableError = vi.fn()

  await act(async () => { hydrateRoot(container, page, { onRecoverableError }); await turnOver() })

  expect(container.textContent).toBe('pending: HelloHello')
  expect(onRecoverableError).not.toHaveBeenCalled()
  expect(complain).not.toHaveBeenCalled()
  complain.mockRestore()
  client.destroy()
})

it('answers idle on a server without a client, and says what to do when something acts', () => {
  vi.stubGlobal('window', undefined)
  let act: () => unknown = () => undefined
  function Acting() {
    const run = useWorkflowStream({ workflowId: 'flow' })
    act = () => run.submit('Hi')
    return <p>{run.status}</p>
  }

  const html = renderToString(<Acting />)

  expect(html).toBe('<p>idle</p>')
  expect(act).toThrow(expect.objectContaining({ code: 'invalid_options', message: expect.stringContaining('WorkflowProvider') as string }))
  vi.unstubAllGlobals()
})
