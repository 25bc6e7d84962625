import { act, render, screen } from '@testing-library/react'
import { StrictMode, useState } from 'react'
import type { ReactElement } from 'react'
import { expect, it } from 'vitest'
import { WorkflowProvider, useWorkflowStream } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { later, runLifeForTests } from './runLife.tsx'

const life = runLifeForTests()

// Broken by: `destroy` that closes no line, or `look` of mountedView.ts that reads no unknown task.
it.each([
  ['while its stream is open', false],
  ['while it is followed', true],
])('is taken over by id %s when the module that holds the client is loaded anew, and the old client asks no more', async (_, isDropped) => {
  function Chat(): ReactElement {
    // Kept over a hot reload, as all state is.
    const [taskId, setTaskId] = useState<string>()
    const run = useWorkflowStream({ workflowId: 'flow', taskId, onTaskId: setTaskId, onSettled: life.onSettled })
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.status} {run.connection} {run.text}</button>
  }
  const tree = (): ReactElement => <StrictMode><WorkflowProvider client={life.client}><Chat /></WorkflowProvider></StrictMode>
  const frames = createFrames()
  const { rerender } = render(tree())
  await act(async () => { screen.getByRole('button').click(); await turnOver() })
  await act(async () => { life.hand.send(frames.created(), frames.updated(), frames.chunk('Hel')); await turnOver() })
  if (isDropped) {
    await act(() => life.hand.end())
    await later(1000)
  }

  // What `import.meta.hot.dispose` does, and then the new module.
  life.replaceClient('new ')
  await act(async () => { rerender(tree()); await turnOver() })
  await later(0)
  expect(screen.getByRole('button').textContent).toBe('executing polling ')
  life.finish()
  await later(1000)
  await later(600_000)

  expect(screen.getByRole('button').textContent).toBe('completed closed Hello')
  expect(life.hand.requests).toHaveLength(1)
  expect(life.reads).toEqual(['new task-1', 'new task-1'])
  expect(life.onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ taskId: 'task-1', result: 'Hello' }))
})
