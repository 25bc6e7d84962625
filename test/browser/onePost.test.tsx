import { StrictMode, type ReactElement } from 'react'
import { useWorkflowStream, type SubmitHandle } from 'use-workflow-stream'
import { finish, manualClock, scenario, text, toolCall } from 'use-workflow-stream/testing'
import { expect, it } from 'vitest'
import { byId, mountApp } from './mount.tsx'

const story = scenario({
  id: 'story',
  workflowId: 'story',
  name: 'Story',
  description: 'Looks something up and writes a text.',
  nodes: [{ id: 'look-up', type: 'action', name: 'Look up', next: ['write'] }, { id: 'write', type: 'summarizer', name: 'Write' }],
  run: [toolCall('look-up', { ms: 20 }), text('once upon a time there was a line', { everyMs: 10 }), finish()],
})

const handles: SubmitHandle[] = []

function Story(): ReactElement {
  const run = useWorkflowStream({ workflowId: 'story', id: 'story' })
  return (
    <main>
      <button type="button" data-testid="run" onClick={() => { handles.push(run.submit('Hi')) }}>Run</button>
      <p data-testid="state">{run.status} {run.connection}</p>
      <p data-testid="text">{run.text}</p>
      <p data-testid="error">{run.error?.code}</p>
      <ul>{run.timeline.map((node) => <li key={node.id}>{node.name}: {node.status}</li>)}</ul>
    </main>
  )
}

it('posts once in StrictMode and over a remount in the middle of the run', async () => {
  const clock = manualClock()
  const { container, render, posts } = mountApp(<StrictMode><Story /></StrictMode>, { scenarios: [story], clock })
  const reads = (id: string, expected: RegExp) => expect.poll(async () => {
    await clock.advance(10)
    return byId(container, id).textContent
  }).toMatch(expected)
  byId(container, 'run').click()
  await reads('text', /^once/)

  render(null)
  await clock.advance(10)
  render(<StrictMode><Story /></StrictMode>)

  await reads('state', /completed/)
  expect(byId(container, 'text').textContent).toBe('once upon a time there was a line')
  expect(posts()).toBe(1)
})

it('posts once for two clicks back to back', async () => {
  handles.length = 0
  const { container, posts } = mountApp(<Story />, { scenarios: [story], speed: 0 })

  byId(container, 'run').click()
  byId(container, 'run').click()
  const turns = await Promise.all(handles.map(({ settled }) => settled))

  expect(turns.map(({ cause, error }) => [cause, error?.code])).toEqual([['finished', undefined], ['refused', 'busy']])
  await expect.poll(() => byId(container, 'state').textContent).toBe('completed closed')
  expect(posts()).toBe(1)
})

it('follows the run after a drop, keeps everything, and posts nothing again', async () => {
  handles.length = 0
  const { container, simulator, posts } = mountApp(<Story />, { scenarios: [story], speed: 0 })
  simulator.fault({ kind: 'cut', afterFrames: 6 })

  byId(container, 'run').click()
  const turn = await handles[0]!.settled

  expect(turn).toMatchObject({ cause: 'finished', status: 'completed', text: 'once upon a time there was a line', error: null })
  await expect.poll(() => byId(container, 'state').textContent).toBe('completed closed')
  expect(byId(container, 'error').textContent).toBe('')
  expect(byId(container, 'text').textContent).toBe(turn.text)
  await expect.poll(() => container.querySelector('li')?.textContent).toBe('Look up: completed')
  expect(posts()).toBe(1)
})
