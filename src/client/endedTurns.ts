import { checkOutput } from '../protocol/standardSchema.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import type { Fact } from '../state/fact.ts'
import { reduceWorkflow } from '../state/reduceWorkflow.ts'
import { own } from '../state/own.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, Turn, WorkflowStoreState } from '../state/taskState.ts'
import { turnOf } from './settledTurn.ts'

/** A turn that has not ended, under the key of its submit or under its task's id. */
export interface PendingTurn {
  schema: StandardSchema | undefined
  /** Resolves after `onEnded`, or when nobody waits for it any more. */
  readonly ended: Promise<void>
  /** Called once, after the end and the checked output were published, however the end was learned. */
  readonly onEnded: () => void
}

/**
 * Takes the turns of the written tasks that ended out of `pending` and checks their results. A validator that answers at once has its
 * answer in the state that is published with the end; one that takes its time has it pushed later.
 */
export function takeEndedTurns(
  state: WorkflowStoreState,
  written: Iterable<TaskId | SubmitKey>,
  pending: Map<SubmitKey | TaskId, PendingTurn>,
  push: (fact: Fact, isUrgent: boolean) => void,
): { readonly state: WorkflowStoreState; readonly afterPublishing: readonly (() => void)[] } {
  const afterPublishing: (() => void)[] = []
  let next = state
  for (const { key, turn, schema, onEnded } of endedTurns(state, written, pending)) {
    pending.delete(key)
    const checked = schema && turn.status === 'completed' && turn.result !== null ? checkOutput(schema, turn.result) : undefined
    if (checked && 'then' in checked) {
      afterPublishing.push(() => {
        void checked.then((value) => {
          push({ kind: 'outputChecked', key, turn: turn.key, ...value }, true)
          onEnded()
        })
      })
      continue
    }
    if (checked) next = reduceWorkflow(next, [{ kind: 'outputChecked', key, turn: turn.key, ...checked }])
    afterPublishing.push(onEnded)
  }
  return { state: next, afterPublishing }
}

interface EndedTurn extends PendingTurn {
  readonly key: SubmitKey | TaskId
  readonly turn: Turn
}

/** Looks at what was written alone: of many runs at once most have nothing new. */
function endedTurns(
  { tasks }: WorkflowStoreState,
  written: Iterable<TaskId | SubmitKey>,
  pending: ReadonlyMap<SubmitKey | TaskId, PendingTurn>,
): EndedTurn[] {
  return [...written].flatMap((id) => {
    const task = own(tasks, id)
    return [...new Set([...(task?.turns ?? []).map(({ key }) => key), id])].flatMap((key) => {
      const [turn, waiting] = [turnOf(task, key), pending.get(key)]
      return turn && waiting && isSettled(turn.status) ? [{ ...waiting, key, turn }] : []
    })
  })
}
