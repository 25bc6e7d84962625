import { act, cleanup } from '@testing-library/react'
import type { ReactElement, ReactNode } from 'react'
import { afterEach, beforeEach } from 'vitest'
import { WorkflowProvider, createWorkflowClient } from '../../src/index.ts'
import type { SubmitHandle, WorkflowClient, WorkflowClientOptions } from '../../src/index.ts'
import { createHandTransport, turnOver } from '../handTransport.ts'
import type { HandTransport } from '../handTransport.ts'

/** A page around the hooks under test: its client, whose streams the test drives by hand. New for each test. */
export interface HandPage {
  readonly client: WorkflowClient
  readonly hand: HandTransport
  readonly Wrapper: (props: { readonly children: ReactNode }) => ReactElement
  /** A client beside the page's own, over the same streams; destroyed after the test. */
  readonly createClient: (options?: WorkflowClientOptions) => WorkflowClient
  /** Submits, and waits until the request was sent. */
  readonly submit: (run: { readonly submit: (input: string) => SubmitHandle }, input?: string) => Promise<SubmitHandle>
  /** Hands frames to the newest request. */
  readonly send: (...frames: readonly unknown[]) => Promise<void>
}

/** Sets a page up for each test of a file. */
export function handPageForTests(): HandPage {
  let hand: HandTransport
  let client: WorkflowClient
  let clients: WorkflowClient[]
  const createClient = (options: WorkflowClientOptions = {}): WorkflowClient => {
    const created = createWorkflowClient({ transport: hand.transport, throttle: false, graph: false, ...options })
    clients.push(created)
    return created
  }
  beforeEach(() => {
    hand = createHandTransport()
    clients = []
    client = createClient()
  })
  afterEach(() => {
    cleanup()
    for (const created of clients) created.destroy()
  })
  return {
    get client() { return client },
    get hand() { return hand },
    Wrapper: ({ children }) => <WorkflowProvider client={client}>{children}</WorkflowProvider>,
    createClient,
    submit: (run, input = 'Hi') => act(async () => {
      const handle = run.submit(input)
      await turnOver()
      return handle
    }),
    send: (...frames) => act(async () => {
      hand.send(...frames)
      await turnOver()
    }),
  }
}
