// @vitest-environment jsdom
import { cleanup, fireEvent, render, screen, waitFor } from '@testing-library/react'
import { type ComponentType, StrictMode } from 'react'
import { createWorkflowSimulator } from 'use-workflow-stream/testing'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { readmeSnippets } from './readmeSnippets.ts'
import { snippetErrors } from './snippetErrors.ts'

describe('README.md', () => {
  afterEach(() => {
    cleanup()
    vi.unstubAllGlobals()
  })

  it('has program blocks that all compile, each by itself', () => {
    const snippets = readmeSnippets()

    const errors = snippetErrors(snippets)

    expect(snippets.length).toBeGreaterThan(5)
    expect(errors).toEqual([])
  })

  it('begins with a component that runs a workflow and shows its end as pasted', async () => {
    const simulator = createWorkflowSimulator({ speed: 0 })
    const { id } = simulator.workflows[0]!
    // The README cannot know the reader's workflow; the simulator knows only its own.
    vi.stubGlobal('fetch', (url: string, init?: RequestInit) =>
      simulator.fetch(url.replace(/(\/workflows\/)[^/?]+/, `$1${id}`), init),
    )
    // A name in a variable, since the compiler would look for the file, which the test settings make up.
    const file = './README.first-component.tsx'
    const pasted = (await import(/* @vite-ignore */ file)) as Record<string, ComponentType>
    const Component = Object.values(pasted)[0]!

    render(<StrictMode><Component /></StrictMode>)
    fireEvent.click(screen.getAllByRole('button')[0]!)

    await waitFor(() => {
      expect(document.body.textContent).toContain('completed')
    }, { timeout: 10_000 })
    expect(simulator.requests.filter((request) => request.method === 'POST')).toHaveLength(1)
    simulator.close()
  })
})
