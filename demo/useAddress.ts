import { useRef, useSyncExternalStore } from 'react'
import type { TaskId } from 'use-workflow-stream'
import type { DemoWorkflow } from './demoInfo.ts'

/** Where the page is: one entry of the browser's history. */
export interface Place {
  readonly workflow: DemoWorkflow | undefined
  /** None before the service named the task. */
  readonly taskId: TaskId | undefined
  /** A name for the conversation that it has from its first moment on. */
  readonly conversation: string
}

export interface Address extends Place {
  /** Goes to the conversation with this workflow that was shown last, or to an empty one. */
  readonly choose: (workflow: DemoWorkflow) => void
  /** Writes a new task's id into the address; none begins a new conversation. */
  readonly onTaskId: (taskId: TaskId | undefined) => void
}

/**
 * The address of the page holds the workflow and the task, so that a reload and a link find the run again. Each
 * conversation is a step of the browser's history: Back leads to the one before.
 */
export function useAddress(workflows: readonly DemoWorkflow[]): Address {
  const conversation = useSyncExternalStore(subscribe, readConversation)
  const search = useSyncExternalStore(subscribe, () => location.search)
  const place = { ...readSearch(search, workflows), conversation }
  const lastPlaces = useRef(new Map<DemoWorkflow | undefined, Place>())

  const go = (next: Place, way: Way): void => {
    lastPlaces.current.set(place.workflow, place)
    writePlace(next, way)
  }
  return {
    ...place,
    choose(workflow) {
      // An empty conversation is nothing to come back to.
      go(lastPlaces.current.get(workflow) ?? emptyPlace(workflow), place.taskId === undefined ? 'replaceState' : 'pushState')
    },
    onTaskId(taskId) {
      if (taskId === undefined) go(emptyPlace(place.workflow), 'pushState')
      else go({ ...place, taskId }, 'replaceState')
    },
  }
}

type Way = 'pushState' | 'replaceState'

/** Browsers tell of the steps that the reader takes through the history, and not of those that the page writes. */
const writtenEvent = 'address-written'

function subscribe(onChange: () => void): () => void {
  addEventListener('popstate', onChange)
  addEventListener(writtenEvent, onChange)
  return () => {
    removeEventListener('popstate', onChange)
    removeEventListener(writtenEvent, onChange)
  }
}

function readConversation(): string {
  const { conversation } = (history.state ?? {}) as { readonly conversation?: string }
  // The entry that the page came with has no name of ours.
  return conversation ?? 'first'
}

function readSearch(search: string, workflows: readonly DemoWorkflow[]): Omit<Place, 'conversation'> {
  const parameters = new URLSearchParams(search)
  const name = parameters.get('workflow')
  return {
    workflow: workflows.find((workflow) => nameOf(workflow) === name) ?? workflows[0],
    taskId: parameters.get('task') ?? undefined,
  }
}

function writePlace({ workflow, taskId, conversation }: Place, way: Way): void {
  const url = new URL(location.href)
  if (workflow !== undefined) url.searchParams.set('workflow', nameOf(workflow))
  if (taskId === undefined) url.searchParams.delete('task')
  else url.searchParams.set('task', taskId)
  history[way]({ conversation }, '', url)
  dispatchEvent(new Event(writtenEvent))
}

const emptyPlace = (workflow: DemoWorkflow | undefined): Place => ({ workflow, taskId: undefined, conversation: newConversation() })

/** Random, because the entries of the history outlive the page that made them. */
const newConversation = (): string => Math.random().toString(36).slice(2)

/** By the name of its scenario, or its id. */
const nameOf = ({ scenario, id }: DemoWorkflow): string => scenario ?? id
