import { useEffect, useMemo, useRef } from 'react'
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
  const shown = useRef<{ readonly value: Selected }>(undefined)
  const cached = useMemo(() => {
    let last: { readonly state: WorkflowStoreState; readonly value: Selected } | undefined
    return (state: WorkflowStoreState): Selected => {
      if (last?.state === state) return last.value
      const value = select(state)
      const before = last ?? shown.current
      last = { state, value: before && isSame(before.value, value) ? before.value : value }
      return last.value
    }
  }, [select])
  const value = useStore(store, cached)
  useEffect(() => {
    shown.current = { value }
  }, [value])
  return value
}
