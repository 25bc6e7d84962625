import { act, render, screen } from '@testing-library/react'
import { Component, Fragment, StrictMode, useState } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { describe, expect, it } from 'vitest'
import { WorkflowProvider, useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { later, muteReact18, runLifeForTests } from './runLife.tsx'

const life = runLifeForTests()

/** Offers another try of what is below it. */
class Retried extends Component<{ readonly children: ReactNode }, { readonly isBroken: boolean }> {
  override state = { isBroken: false }
  static getDerivedStateFromError = (): { isBroken: boolean } => ({ isBroken: true })
  override render(): ReactNode {
    return this.state.isBroken ? <button onClick={() => { this.setState({ isBroken: false }) }}>Try again</button> : this.props.children
  }
}

/** What the view cannot show, until somebody mends it. */
let unshowable: string | undefined

function View(options: Partial<UseWorkflowStreamOptions>): ReactElement {
  const run = useWorkflowStream({ workflowId: 'flow', onSettled: life.onSettled, ...options })
  if (unshowable !== undefined && `${run.status} ${run.text}`.includes(unshowable)) throw new Error(`${unshowable} cannot be shown`)
  return <button type="button" onClick={() => { run.submit('Hi') }}>{run.status} {run.text}</button>
}

const ById = (): ReactElement => <Retried><View id="chat" /></Retried>
function ByTaskId(): ReactElement {
  const [taskId, setTaskId] = useState<string>()
  return <Retried><View taskId={taskId} onTaskId={setTaskId} /></Retried>
}

const click = (): Promise<void> => act(async () => { screen.getByRole('button').click(); await turnOver() })
const send = (...frames: readonly unknown[]): Promise<void> => act(async () => { life.hand.send(...frames); await turnOver() })
const shown = (): string | null => screen.getByRole('button').textContent

// Laws 1 and 2. Broken by: a view that closes the line of its task when it goes (`follow` of mountedView.ts), or a
// submit that is made by an effect.
describe.each([['plain', Fragment], ['in StrictMode', StrictMode]])('a view that throws while it shows a run, %s', (_, Mode) => {
  function begin(Page: () => ReactElement): void {
    unshowable = undefined
    muteReact18()
    render(<Mode><WorkflowProvider client={life.client}><Page /></WorkflowProvider></Mode>, { onCaughtError: () => undefined })
  }

  describe.each([['id', ById], ['taskId', ByTaskId]])('with its %s', (__, Page) => {
    it('shows the run that went on, and its end, when it is tried again', async () => {
      const frames = createFrames()
      begin(Page)
      await click()
      await send(frames.created(), frames.updated(), frames.chunk('Good '))
      expect(shown()).toBe('executing Good ')

      unshowable = 'bad'
      await send(frames.chunk('bad '))
      expect(shown()).toBe('Try again')
      await click()
      expect(shown()).toBe('Try again')
      await send(frames.chunk('while away '))
      unshowable = undefined
      await click()

      expect(shown()).toBe('executing Good bad while away ')
      await send(frames.finished({ result: 'Good' }))
      expect(shown()).toBe('completed Good')
      expect(life.onSettled).toHaveBeenCalledExactlyOnceWith(expect.objectContaining({ result: 'Good' }))
      expect(life.hand.requests).toHaveLength(1)
      expect(life.reads).toEqual([])
    })

    it('shows the end of a run that ended and was dropped meanwhile', async () => {
      const frames = createFrames()
      begin(Page)
      await click()
      await send(frames.created(), frames.updated())

      unshowable = 'bad'
      await send(frames.chunk('bad '))
      await act(() => life.hand.end())
      life.finish()
      await later(1000)
      expect(shown()).toBe('Try again')
      unshowable = undefined
      await click()

      expect(shown()).toBe('completed Hello')
      expect(life.hand.requests).toHaveLength(1)
      expect(life.reads).toEqual(['task-1'])
    })
  })

  it('is tried again before the service answered, and shows the one run', async () => {
    const frames = createFrames()
    begin(ById)
    unshowable = 'submitting'
    await click()
    expect(shown()).toBe('Try again')

    unshowable = undefined
    await click()
    await send(frames.created(), frames.updated(), frames.finished({ result: 'Hello' }))

    expect(shown()).toBe('completed Hello')
    expect(life.hand.requests).toHaveLength(1)
  })

  it('starts no run and loses none without an id: the new view is empty, the run is in the store', async () => {
    const frames = createFrames()
    begin(() => <Retried><View /></Retried>)
    await click()
    await send(frames.created(), frames.updated())

    unshowable = 'bad'
    await send(frames.chunk('bad '))
    unshowable = undefined
    await click()
    await send(frames.finished({ result: 'Hello' }))

    expect(shown()).toBe('idle ')
    expect(life.client.store.getState().tasks['task-1']).toMatchObject({ status: 'completed', result: 'Hello' })
    expect(life.hand.requests).toHaveLength(1)
  })
})
