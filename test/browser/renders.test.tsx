import { memo, type ReactElement } from 'react'
import { useWorkflowNode, useWorkflowStream, useWorkflowTasks, type SubmitHandle, type WorkflowRun } from 'use-workflow-stream'
import { finish, manualClock, parallel, scenario, text, toolCall } from 'use-workflow-stream/testing'
import { expect, it } from 'vitest'
import { byId, mountApp, nextFrame } from './mount.tsx'

const report = scenario({
  id: 'report',
  workflowId: 'report',
  name: 'Report',
  description: 'Looks two things up at once and writes a text.',
  nodes: [
    { id: 'first', type: 'action', name: 'First', next: ['write'] },
    { id: 'second', type: 'action', name: 'Second', next: ['write'] },
    { id: 'write', type: 'summarizer', name: 'Write' },
  ],
  run: [
    parallel([toolCall('first', { ms: 300 })], [toolCall('second', { ms: 600 })]),
    toolCall('write', { during: [text('all work and no play '.repeat(40), { everyMs: 1, pieceLength: 3 })] }),
    finish(),
  ],
})

/** Counts the frames of the page from now on; a late one counts twice, because a timer stands in for it. */
function countFrames(): () => number {
  let frames = 0
  let last = performance.now()
  const count = (now: number): void => {
    frames += now - last > 250 ? 2 : 1
    last = now
    requestAnimationFrame(count)
  }
  requestAnimationFrame(count)
  return () => frames
}

it('renders a whole run at most once a frame, plus the submit and the end', async () => {
  let renders = 0
  let events = 0
  let submit: WorkflowRun['submit']
  function Whole(): ReactElement {
    const run = useWorkflowStream({ workflowId: 'report', onEvent: () => { events += 1 } })
    renders += 1
    submit = run.submit
    return <p data-testid="text">{run.text}</p>
  }
  const { container } = mountApp(<Whole />, { scenarios: [report] })
  const before = renders

  const frames = countFrames()
  const turn = await submit!('Hi').settled
  await nextFrame()

  expect(turn).toMatchObject({ status: 'completed', cause: 'finished' })
  expect(byId(container, 'text').textContent).toBe(turn.text)
  expect(events).toBeGreaterThan(250)
  expect(renders - before).toBeLessThanOrEqual(frames() + 2)
  expect(renders - before).toBeGreaterThan(5)
})

it('renders a component that selects the status only when the status changes', async () => {
  const rendered: string[] = []
  let handle: SubmitHandle | undefined
  function Status(): ReactElement {
    const { status, submit } = useWorkflowStream({ workflowId: 'report' }, (run) => ({ status: run.status, submit: run.submit }))
    rendered.push(status)
    return <button type="button" data-testid="status" onClick={() => { handle = submit('Hi') }}>{status}</button>
  }
  const { container } = mountApp(<Status />, { scenarios: [report] })

  byId(container, 'status').click()
  await handle!.settled
  await nextFrame()

  expect(rendered).toEqual([...new Set(rendered)])
  expect(rendered[0]).toBe('idle')
  expect(rendered[1]).toBe('submitting')
  expect(rendered).toContain('executing')
  expect(rendered.at(-1)).toBe('completed')
})

it('renders the one row of the node that an event is about', async () => {
  const renders = { first: 0, second: 0, list: 0 }
  const Row = memo(function Row({ taskId, nodeId }: { readonly taskId: string; readonly nodeId: 'first' | 'second' }) {
    const node = useWorkflowNode(taskId, nodeId)
    renders[nodeId] += 1
    return <li data-testid={nodeId}>{node?.status}</li>
  })
  function List(): ReactElement {
    const submit = useWorkflowStream({ workflowId: 'report' }, (run) => run.submit)
    const [taskId = ''] = useWorkflowTasks({ workflowId: 'report' })
    renders.list += 1
    return (
      <ul>
        <Row taskId={taskId} nodeId="first" />
        <Row taskId={taskId} nodeId="second" />
        <button type="button" data-testid="run" onClick={() => { submit('Hi') }}>Run</button>
      </ul>
    )
  }
  const clock = manualClock()
  const { container } = mountApp(<List />, { scenarios: [report], clock })
  byId(container, 'run').click()
  await expect.poll(async () => {
    await clock.advance(50)
    return [byId(container, 'first').textContent, byId(container, 'second').textContent]
  }).toEqual(['running', 'running'])
  await nextFrame()
  const before = { ...renders }

  await expect.poll(async () => {
    await clock.advance(50)
    return byId(container, 'first').textContent
  }).toBe('completed')

  expect(renders).toEqual({ ...before, first: before.first + 1 })
  expect(byId(container, 'second').textContent).toBe('running')
})
