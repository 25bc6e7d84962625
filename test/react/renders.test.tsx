import { act, render, renderHook, screen } from '@testing-library/react'
import { memo } from 'react'
import { expect, it } from 'vitest'
import { useWorkflowNode, useWorkflowStream, useWorkflowTask } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

it('renders a component that selects the status only when the status changes', async () => {
  const frames = createFrames()
  let renders = 0
  const { result } = renderHook(() => {
    renders += 1
    return useWorkflowStream({ workflowId: 'flow' }, ({ status, submit }) => ({ status, submit }))
  }, { wrapper: page.Wrapper })
  await page.submit(result.current)
  await page.send(frames.created(), frames.updated())
  const before = renders

  for (let piece = 0; piece < 20; piece += 1) await page.send(frames.chunk('x'))
  expect(renders).toBe(before)
  await page.send(frames.finished({ result: 'x' }))

  expect(renders).toBe(before + 1)
  expect(result.current.status).toBe('completed')
})

it('renders nothing for a component that selects only what it can do', async () => {
  const frames = createFrames()
  let renders = 0
  const { result } = renderHook(() => {
    renders += 1
    return useWorkflowStream({ workflowId: 'flow' }, ({ submit }) => submit)
  }, { wrapper: page.Wrapper })

  await act(async () => { result.current('Hi'); await turnOver() })
  await page.send(frames.created(), frames.chunk('x'), frames.finished({ result: 'x' }))

  expect(renders).toBe(1)
})

it('renders one row for the event of one node', async () => {
  const frames = createFrames()
  const renders: Record<string, number> = {}
  const Row = memo(function Row({ taskId, nodeId }: { taskId: string; nodeId: string }) {
    const node = useWorkflowNode(taskId, nodeId)
    renders[nodeId] = (renders[nodeId] ?? 0) + 1
    return <li>{node?.status}</li>
  })
  render(<page.Wrapper><Row taskId="task-1" nodeId="a" /><Row taskId="task-1" nodeId="b" /></page.Wrapper>)
  act(() => { page.client.submit({ workflowId: 'flow', input: 'Hi' }) })
  await act(turnOver)
  await page.send(
    frames.created(),
    frames.request({ request_id: 'r1', graph_node_id: 'a' }),
    frames.request({ request_id: 'r2', graph_node_id: 'b' }),
  )
  const before = { ...renders }

  await page.send(frames.result({ request_id: 'r1', graph_node_id: 'a' }))

  expect(renders).toEqual({ a: (before.a ?? 0) + 1, b: before.b })
  expect(screen.getAllByRole('listitem').map((row) => row.textContent)).toEqual(['completed', 'running'])
})

it('does not loop on a selector that makes a fresh nested answer', async () => {
  const frames = createFrames()
  const { result } = renderHook(
    () => useWorkflowTask('task-1', (task) => ({ nested: { text: task?.text } })),
    { wrapper: page.Wrapper },
  )
  act(() => { page.client.submit({ workflowId: 'flow', input: 'Hi' }) })
  await act(turnOver)

  await page.send(frames.created(), frames.chunk('x'))

  expect(result.current).toEqual({ nested: { text: 'x' } })
})
