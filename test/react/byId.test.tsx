import { act, renderHook } from '@testing-library/react'
import { expect, it } from 'vitest'
import {
  WorkflowProvider, useWorkflowGraph, useWorkflowResult, useWorkflowTask, useWorkflowTasks, useWorkflowText, useWorkflowTimeline,
} from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

it('answers by id from anywhere', async () => {
  const frames = createFrames()
  const { result } = renderHook(() => ({
    task: useWorkflowTask('task-1'),
    text: useWorkflowText('task-1'),
    timeline: useWorkflowTimeline('task-1'),
    result: useWorkflowResult('task-1'),
    running: useWorkflowTasks({ status: ['pending', 'executing'] }),
    children: useWorkflowTasks({ parentTaskId: 'task-1' }),
    graph: useWorkflowGraph('flow', 'task-1'),
  }), { wrapper: page.Wrapper })
  expect(result.current).toEqual({ task: undefined, text: '', timeline: [], result: undefined, running: [], children: [], graph: undefined })

  act(() => { page.client.submit({ workflowId: 'flow', input: 'Hi' }) })
  await act(turnOver)
  await page.send(
    frames.created(), frames.chunk('x'), frames.request({ graph_node_id: 'a' }),
    frames.created({ agent_id: 'agent', parent_execution: 'task-1' }, 'task-2'),
  )

  expect(result.current).toMatchObject({
    task: { taskId: 'task-1' }, text: 'x', timeline: [{ id: 'a', status: 'running' }], result: { result: null },
    running: ['task-1'], children: ['task-2'],
  })
})

it('keeps a task that a hook by id shows, however many there are', async () => {
  const own = page.createClient({ maxTasks: 1 })
  const { result } = renderHook(() => useWorkflowText('one'), {
    wrapper: ({ children }) => <WorkflowProvider client={own}>{children}</WorkflowProvider>,
  })

  for (const id of ['one', 'two', 'three']) {
    const frames = createFrames(id)
    act(() => { own.submit({ workflowId: 'flow', input: 'Hi' }) })
    await act(turnOver)
    await page.send(frames.created(), frames.finished({ result: id }))
  }

  expect(result.current).toBe('one')
  expect(Object.keys(own.store.getState().tasks)).toEqual(['one'])
})
