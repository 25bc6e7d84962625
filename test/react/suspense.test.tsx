import { act, fireEvent, render, screen } from '@testing-library/react'
import { Suspense, lazy } from 'react'
import type { ComponentType, ReactElement } from 'react'
import { expect, it } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'

const page = handPageForTests()

it('shows a run through Suspense: a view that suspends in the middle finds it again', async () => {
  const frames = createFrames()
  let resume: () => void = () => undefined
  const Waiting = lazy(() => new Promise<{ default: ComponentType }>((resolve) => {
    resume = () => { resolve({ default: () => <i>Here</i> }) }
  }))
  function View({ isWaiting }: { readonly isWaiting: boolean }): ReactElement {
    const run = useWorkflowStream({ workflowId: 'flow' })
    return <button type="button" onClick={() => { run.submit('Hi') }}>{run.text}{isWaiting && <Waiting />}</button>
  }
  const tree = (isWaiting: boolean): ReactElement => <page.Wrapper><Suspense fallback="wait"><View isWaiting={isWaiting} /></Suspense></page.Wrapper>
  const { rerender } = render(tree(false))
  await act(async () => { fireEvent.click(screen.getByRole('button')); await turnOver() })
  await page.send(frames.created())

  await act(async () => { rerender(tree(true)); await turnOver() })
  expect(screen.queryByRole('button')).toBeNull()
  await page.send(frames.chunk('while away '))
  await act(async () => { resume(); await turnOver() })

  expect(screen.getByRole('button').textContent).toBe('while away Here')
  expect(page.hand.requests).toHaveLength(1)
})

it('shows a run that goes on while its view has never been ready to be shown', async () => {
  const frames = createFrames()
  let resume: () => void = () => undefined
  const Waiting = lazy(() => new Promise<{ default: ComponentType }>((resolve) => {
    resume = () => { resolve({ default: () => <i>Here</i> }) }
  }))
  function View(): ReactElement {
    const run = useWorkflowStream({ workflowId: 'flow', id: 'chat' })
    return <button type="button">{run.status}<Waiting /></button>
  }
  page.client.show('chat', page.client.submit({ workflowId: 'flow', input: 'Hi' }).key)
  render(<page.Wrapper><Suspense fallback="wait"><View /></Suspense></page.Wrapper>)
  await act(turnOver)
  await page.send(frames.created(), frames.updated())

  await act(async () => { resume(); await turnOver() })

  expect(screen.getByRole('button').textContent).toBe('executingHere')
  expect(page.hand.requests).toHaveLength(1)
})
