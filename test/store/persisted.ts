import { vi } from 'vitest'
import type { Fact } from '../../src/state/fact.ts'
import { reduceWorkflow } from '../../src/state/reduceWorkflow.ts'
import type { TaskId, TaskState, WorkflowStoreState } from '../../src/state/taskState.ts'
import type { Persist, PersistHost } from '../../src/store/persist.ts'
import { createWorkflowStore } from '../../src/store/workflowStore.ts'
import { CHILD, ROOT, chunk, ofChild, submitted, taskCreated, taskFinished, toFacts, toolCallRequest } from '../state/frames.ts'
import type { Item } from '../state/frames.ts'

/** A page, as far as persistence sees it: a store without a client. */
export interface Tab {
  readonly store: PersistHost['store']
  readonly tasks: () => Readonly<Record<string, TaskState>>
  readonly apply: (...items: readonly Item[]) => void
  readonly follow: ReturnType<typeof vi.fn<(taskId: TaskId) => void>>
  readonly restore: ReturnType<typeof vi.fn<PersistHost['restore']>>
  /** The page goes away, with time to write. */
  readonly close: () => void
}

export function openTab(persist: Persist, state?: WorkflowStoreState): Tab {
  const store = createWorkflowStore()
  if (state) store.setState(state, true)
  const applyFacts = (facts: readonly Fact[]): void => { store.setState(reduceWorkflow(store.getState(), facts), true) }
  const follow = vi.fn<(taskId: TaskId) => void>()
  const restore = vi.fn<PersistHost['restore']>((restore) => { applyFacts([{ kind: 'restored', restore }]) })
  const close = persist({ store, restore, follow })
  return { store, tasks: () => store.getState().tasks, apply: (...items) => { applyFacts(onOwnLines(toFacts(items))) }, follow, restore, close }
}

/** Frames that come without a submit are of the line to their task. */
function onOwnLines(facts: readonly Fact[]): Fact[] {
  const hasSubmit = facts.some(({ kind }) => kind === 'submitted')
  return facts.map((fact) => (fact.kind === 'received' && fact.key === ROOT && !hasSubmit ? { ...fact, key: fact.event.taskId ?? fact.key } : fact))
}

export interface RunFields {
  readonly text?: string
  readonly conversation?: string
}

/** A run under way, with a tool call and a child run. */
export function running(id: string, { text = 'Hel', conversation }: RunFields = {}): Item[] {
  const key = `submit-${id}`
  return [
    submitted('Hi', { key }),
    ...(conversation === undefined ? [] : [{ kind: 'shown', conversation, key } as const]),
    taskCreated({ task: id }),
    toolCallRequest({ task: id, call: 'c1', operation: 'op', node: 'a', input: { question: 'Why?' } }),
    taskCreated(ofChild({ parent_execution: id }, `${id}-${CHILD}`)),
    chunk('child text', { task: `${id}-${CHILD}` }),
    chunk(text, { task: id }),
  ]
}

/** A run that has ended. */
export const finished = (id: string, { text = 'Hello', ...fields }: RunFields = {}): Item[] =>
  [...running(id, fields), taskFinished({ task: id, result: text })]
