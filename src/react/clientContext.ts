import { createContext, createElement, useContext } from 'react'
import type { ReactElement, ReactNode } from 'react'
import { createWorkflowClient } from '../client/createWorkflowClient.ts'
import type { WorkflowClient } from '../client/workflowClient.ts'
import { createWorkflowStore } from '../store/workflowStore.ts'
import type { WorkflowStore } from '../store/workflowStore.ts'

const ClientContext = createContext<WorkflowClient | undefined>(undefined)

let defaultClient: WorkflowClient | undefined
let emptyStore: WorkflowStore | undefined

export interface WorkflowProviderProps {
  readonly client: WorkflowClient
  readonly children?: ReactNode
}

/** Sets the client of every hook below it. Without one a client of the page's own is used, with its default options. */
export function WorkflowProvider({ client, children }: WorkflowProviderProps): ReactElement {
  return createElement(ClientContext.Provider, { value: client }, children)
}

/** The client that the hooks here use; `undefined` on a server where none was provided. */
export function useWorkflowClient(): WorkflowClient | undefined {
  // One module-wide client would mix the users of a server, so there is none.
  return useContext(ClientContext) ?? (typeof window === 'undefined' ? undefined : (defaultClient ??= createWorkflowClient()))
}

/** The store to read when there may be no client: an empty one. */
export function storeOf(client: WorkflowClient | undefined): WorkflowStore {
  return client?.store ?? (emptyStore ??= createWorkflowStore())
}
