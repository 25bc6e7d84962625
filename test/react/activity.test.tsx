import { fireEvent, act, render, screen } from '@testing-library/react'
import { Activity } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { useWorkflowStream } from '../../src/index.ts'
import type { UseWorkflowStreamOptions } from '../../src/index.ts'
import { createFrames } from '../frames.ts'
import { turnOver } from '../handTransport.ts'
import { handPageForTests } from './handPage.tsx'
import { begin, expectOneRun, later, runLifeForTests } from './runLife.tsx'
import type { Life } from './runLife.tsx'

describe('what happens while a view is hidden', () => {
  const page = handPageForTests()
  /** A view with a run that was submitted, and how to hide it. */
  const mount = async (options: Partial<UseWorkflowStreamOptions>): Promise<(mode: 'visible' | 'hidden') => void> => {
    function View(): ReactElement {
      const run = useWorkflowStream({ workflowId: 'flow', ...options })
      return <button type="button" onClick={() => { run.submit('Hi') }}>{run.text}</button>
    }
    const tree = (mode: 'visible' | 'hidden'): ReactElement => <page.Wrapper><Activity mode={mode}><View /></Activity></page.Wrapper>
    const { rerender } = render(tree('visible'))
    await act(async () => { fireEvent.click(screen.getByRole('button')); await turnOver() })
    return (mode) => { rerender(tree(mode)) }
  }

  it('is called back to nobody, and not made up for later', async () => {
    const frames = createFrames()
    const onEvent = vi.fn()
    const show = await mount({ id: 'chat', onEvent })
    await page.send(frames.created())
    expect(onEvent).toHaveBeenCalledTimes(1)

    show('hidden')
    await page.send(frames.chunk('hidden '))
    show('visible')
    await page.send(frames.chunk('seen'))

    expect(onEvent).toHaveBeenCalledTimes(2)
    expect(screen.getByRole('button').textContent).toBe('hidden seen')
  })

  it('tells its new task id when it is shown again', async () => {
    const frames = createFrames()
    const onTaskId = vi.fn()
    const show = await mount({ onTaskId })

    show('hidden')
    await page.send(frames.created())
    expect(onTaskId).not.toHaveBeenCalled()
    show('visible')

    expect(onTaskId).toHaveBeenCalledExactlyOnceWith('task-1')
  })
})

describe.each([['plain', false], ['in StrictMode', true]])('a run whose stream broke, %s, with a view that is hidden', (_, isStrict) => {
  const run = runLifeForTests()
  const Around = ({ life, children }: { readonly life: Life; readonly children: ReactNode }): ReactElement => (
    <Activity mode={life === 'hidden' ? 'hidden' : 'visible'}>{children}</Activity>
  )

  it('when it breaks, is followed once and shown when the view is back', async () => {
    const { live, drop } = await begin(run, isStrict, Around)
    await live('hidden')
    await drop()
    await later(1000)
    await live('shown')

    await later(1000)
    run.finish()
    await later(1600)
    await later(600_000)

    expectOneRun(run)
    expect(run.onSettled).toHaveBeenCalledTimes(1)
  })

  it('while it is followed, has its end shown when the view is back', async () => {
    const { live, drop } = await begin(run, isStrict, Around)
    await drop()
    await later(1000)
    await later(1000)
    await live('hidden')
    run.finish()
    await later(1600)

    await live('shown')
    await later(600_000)

    expectOneRun(run)
    expect(run.onSettled).not.toHaveBeenCalled()
  })
})
