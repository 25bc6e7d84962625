import type { ReactElement, ReactNode } from 'react'
import { flushSync } from 'react-dom'
import { createRoot } from 'react-dom/client'
import { WorkflowProvider, createWorkflowClient } from 'use-workflow-stream'
import { createWorkflowSimulator, type WorkflowSimulator, type WorkflowSimulatorOptions } from 'use-workflow-stream/testing'
import { onTestFinished } from 'vitest'

/** A piece of an app on the page, with a client of its own that a simulator answers. */
export interface MountedApp {
  readonly simulator: WorkflowSimulator
  readonly container: HTMLElement
  /** Invoking POSTs that the simulator saw. */
  readonly posts: () => number
  readonly render: (element: ReactNode) => void
}

/**
 * Renders as an app does and not as tests usually do: React decides when what was streamed is rendered, so there is
 * no `act` in the way of what is counted here.
 */
export function mountApp(element: ReactNode, options: WorkflowSimulatorOptions = {}): MountedApp {
  const simulator = createWorkflowSimulator(options)
  const client = createWorkflowClient({ fetch: simulator.fetch })
  const container = document.body.appendChild(document.createElement('div'))
  const root = createRoot(container)
  const render = (child: ReactNode): void => { flushSync(() => { root.render(<App>{child}</App>) }) }
  const App = ({ children }: { readonly children: ReactNode }): ReactElement => <WorkflowProvider client={client}>{children}</WorkflowProvider>

  render(element)
  onTestFinished(() => {
    root.unmount()
    container.remove()
    client.destroy()
    simulator.close()
  })
  return {
    simulator,
    container,
    render,
    posts: () => simulator.requests.filter(({ method, path }) => method === 'POST' && path.endsWith('/invoke/stream')).length,
  }
}

/** The element with this test id. */
export function byId(container: HTMLElement, id: string): HTMLElement {
  const found = container.querySelector(`[data-testid="${id}"]`)
  if (!(found instanceof HTMLElement)) throw new Error(`There is no ${id} on the page`)
  return found
}

/** Resolves in the next frame, when what was published before it is on the screen. */
export const nextFrame = (): Promise<void> => new Promise((resolve) => {
  requestAnimationFrame(() => { requestAnimationFrame(() => { resolve() }) })
})
