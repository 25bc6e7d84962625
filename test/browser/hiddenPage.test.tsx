import type { ReactElement } from 'react'
import { useWorkflowStream, type SubmitHandle } from 'use-workflow-stream'
import { finish, manualClock, scenario, text } from 'use-workflow-stream/testing'
import { expect, it, onTestFinished, vi } from 'vitest'
import { byId, mountApp } from './mount.tsx'

const story = scenario({
  id: 'story',
  workflowId: 'story',
  name: 'Story',
  description: 'Writes a text.',
  nodes: [{ id: 'write', type: 'summarizer', name: 'Write' }],
  run: [text('once upon a time ', { everyMs: 10 }), text('there was a page', { everyMs: 10 }), finish()],
})

/** A page that went to the background, as far as scripts can tell: it says so, and draws no frame until it is back. */
function createPageVisibility() {
  const held: FrameRequestCallback[] = []
  const { requestAnimationFrame } = window
  const isHidden = vi.spyOn(document, 'hidden', 'get')
  const state = vi.spyOn(document, 'visibilityState', 'get')
  const frames = vi.spyOn(window, 'requestAnimationFrame')
  const restore = (): void => { for (const spy of [isHidden, state, frames]) spy.mockRestore() }
  onTestFinished(restore)
  return {
    /** How often a frame was asked for while there was none. */
    framesMissed: () => held.length,
    hide() {
      isHidden.mockReturnValue(true)
      state.mockReturnValue('hidden')
      frames.mockImplementation((callback) => held.push(callback))
      document.dispatchEvent(new Event('visibilitychange'))
    },
    show() {
      restore()
      document.dispatchEvent(new Event('visibilitychange'))
      for (const callback of held.splice(0)) requestAnimationFrame(callback)
    },
  }
}

function Story({ onSubmit }: { readonly onSubmit: (handle: SubmitHandle) => void }): ReactElement {
  const run = useWorkflowStream({ workflowId: 'story' })
  return (
    <main>
      <button type="button" data-testid="run" onClick={() => { onSubmit(run.submit('Hi')) }}>Run</button>
      <p data-testid="status">{run.status}</p>
      <p data-testid="text">{run.text}</p>
    </main>
  )
}

it('goes on publishing on a hidden page, and posts once for hide and show', async () => {
  const clock = manualClock()
  let handle: SubmitHandle | undefined
  const { container, posts } = mountApp(<Story onSubmit={(given) => { handle = given }} />, { scenarios: [story], clock })
  const page = createPageVisibility()
  const reads = (id: string, expected: RegExp) => expect.poll(async () => {
    await clock.advance(10)
    return byId(container, id).textContent
  }).toMatch(expected)
  byId(container, 'run').click()
  await reads('text', /^once/)

  page.hide()
  await reads('text', /there/)
  expect(page.framesMissed()).toBe(0)
  page.show()
  await reads('status', /completed/)

  expect((await handle!.settled).text).toBe('once upon a time there was a page')
  expect(posts()).toBe(1)
})

it('runs from its start to its end on a hidden page', async () => {
  let handle: SubmitHandle | undefined
  const { container, posts } = mountApp(<Story onSubmit={(given) => { handle = given }} />, { scenarios: [story], speed: 0 })
  createPageVisibility().hide()

  byId(container, 'run').click()
  await handle!.settled

  await expect.poll(() => byId(container, 'status').textContent).toBe('completed')
  expect(posts()).toBe(1)
})
