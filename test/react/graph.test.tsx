import { renderHook, waitFor } from '@testing-library/react'
import type { ReactElement, ReactNode } from 'react'
import { expect, it } from 'vitest'
import { WorkflowProvider, useWorkflowGraph } from '../../src/index.ts'
import type { GraphView } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

const canvas = [
  { id: 'classify', type: 'classifier', name: 'Classify', next_node_ids: ['research', 'decline'] },
  { id: 'research', type: 'action', name: 'Research', next_node_ids: ['write'] },
  { id: 'write', type: 'agent', name: 'Write', next_node_ids: [] },
  { id: 'decline', type: 'action', name: 'Decline', next_node_ids: [] },
]

const statesOf = (view: GraphView | undefined): unknown => view && {
  nodes: Object.fromEntries(view.nodes.map(({ id, status }) => [id, status])),
  edges: Object.fromEntries(view.edges.map(({ id, status }) => [id, status])),
}

// Broken by: selectors.ts with `pending` and `skipped` exchanged, or useWorkflowGraph.ts without `isSettled`.
it('shows each node and edge of the canvas as it is in the run, from before it to its end', async () => {
  const client = page.createClient({ fetch: async () => Response.json(canvas) })
  const Wrapper = ({ children }: { readonly children: ReactNode }): ReactElement => <WorkflowProvider client={client}>{children}</WorkflowProvider>
  const { result } = renderHook(() => useWorkflowGraph('flow', 'task-1'), { wrapper: Wrapper })
  const frames = createFrames()
  expect(result.current).toBeUndefined()

  void client.getGraph('flow')
  await waitFor(() => { expect(result.current).toBeDefined() })
  expect(statesOf(result.current)).toEqual({
    nodes: { classify: 'pending', research: 'pending', write: 'pending', decline: 'pending' },
    edges: { 'classify->research': 'pending', 'classify->decline': 'pending', 'research->write': 'pending' },
  })

  await page.submit({ submit: (input) => client.submit({ workflowId: 'flow', input }) })
  await page.send(
    frames.created(),
    frames.request({ request_id: 'one', graph_node_id: 'classify' }), frames.result({ request_id: 'one', graph_node_id: 'classify' }),
    frames.request({ request_id: 'two', graph_node_id: 'research' }),
  )
  expect(statesOf(result.current)).toEqual({
    nodes: { classify: 'completed', research: 'running', write: 'pending', decline: 'pending' },
    edges: { 'classify->research': 'taken', 'classify->decline': 'pending', 'research->write': 'pending' },
  })
  expect(result.current?.nodes.map(({ timeline }) => timeline?.name)).toEqual(['Classify', 'Research', undefined, undefined])

  await page.send(
    frames.result({ request_id: 'two', graph_node_id: 'research', is_error: true }),
    frames.request({ request_id: 'three', graph_node_id: 'write' }), frames.result({ request_id: 'three', graph_node_id: 'write' }),
    frames.finished({ result: 'Done' }),
  )
  expect(statesOf(result.current)).toEqual({
    nodes: { classify: 'completed', research: 'failed', write: 'completed', decline: 'skipped' },
    edges: { 'classify->research': 'taken', 'classify->decline': 'skipped', 'research->write': 'taken' },
  })
})
