import { useEffect, useMemo, useState } from 'react'
import { useStore } from 'zustand/react'
import { isSame } from '../state/isSame.ts'
import type { WorkflowStoreState } from '../state/taskState.ts'
import type { WorkflowStore } from '../store/workflowStore.ts'

type Select<Selected> = (state: WorkflowStoreState) => Selected

/**
 * What a selector answers, new only when it differs shallowly from the answer before. The answer is kept for each
 * state and selector, so one that makes a fresh object every time renders again but never loops.
 */
export function useSelection<Selected>(store: WorkflowStore, select: Select<Selected>): Selected {
  const [{ cache, show }] = useState(createAnswers<Selected>)
  const cached = useMemo(() => cache(select), [cache, select])
  const value = useStore(store, cached)
  useEffect(() => { show(value) }, [show, value])
  return value
}

interface Answers<Selected> {
  readonly cache: (select: Select<Selected>) => Select<Selected>
  /** The answer is on screen: a selector that follows goes on from it. */
  readonly show: (value: Selected) => void
}

function createAnswers<Selected>(): Answers<Selected> {
  let shown: { readonly value: Selected } | undefined
  return {
    cache(select) {
      let last: { readonly state: WorkflowStoreState; readonly value: Selected } | undefined
      return (state) => {
        if (last?.state === state) return last.value
        const value = select(state)
        const before = last ?? shown
        last = { state, value: before && isSame(before.value, value) ? before.value : value }
        return last.value
      }
    },
    show(value) { shown = { value } },
  }
}
