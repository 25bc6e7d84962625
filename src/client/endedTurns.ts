import { checkOutput } from '../protocol/standardSchema.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import type { Fact } from '../state/fact.ts'
import { reduceWorkflow } from '../state/reduceWorkflow.ts'
import { selectTask } from '../state/selectors.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, Turn, WorkflowStoreState } from '../state/taskState.ts'

/** A submit whose turn has not ended. */
export interface PendingTurn {
  readonly schema: StandardSchema | undefined
  /** Called once, after the end and the checked output were published, however the end was learned. */
  readonly onEnded: () => void
}

/** The turn of one submit. */
export const turnOf = (state: WorkflowStoreState, key: SubmitKey): Turn | undefined =>
  selectTask(state, key)?.turns.find((turn) => turn.key === key)

/**
 * Takes the turns that ended out of `pending` and checks their results. A validator that answers at once has its
 * answer in the state that is published with the end; one that takes its time has it pushed later.
 */
export function takeEndedTurns(
  state: WorkflowStoreState,
  pending: Map<SubmitKey, PendingTurn>,
  push: (fact: Fact, isUrgent: boolean) => void,
): { readonly state: WorkflowStoreState; readonly afterPublishing: readonly (() => void)[] } {
  const afterPublishing: (() => void)[] = []
  let next = state
  for (const [key, { schema, onEnded }] of pending) {
    const turn = turnOf(state, key)
    if (turn === undefined || !isSettled(turn.status)) continue
    pending.delete(key)
    const checked = schema && turn.status === 'completed' && turn.result !== null ? checkOutput(schema, turn.result) : undefined
    if (checked && 'then' in checked) {
      afterPublishing.push(() => {
        void checked.then((value) => {
          push({ kind: 'outputChecked', key, ...value }, true)
          onEnded()
        })
      })
      continue
    }
    if (checked) next = reduceWorkflow(next, [{ kind: 'outputChecked', key, ...checked }])
    afterPublishing.push(onEnded)
  }
  return { state: next, afterPublishing }
}
