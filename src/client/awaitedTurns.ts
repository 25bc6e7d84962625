import { checkOutput } from '../protocol/standardSchema.ts'
import type { StandardSchema } from '../protocol/standardSchema.ts'
import type { Fact } from '../state/fact.ts'
import { own } from '../state/own.ts'
import { reduceWorkflow } from '../state/reduceWorkflow.ts'
import { isSettled } from '../state/runStatus.ts'
import type { SubmitKey, TaskId, TaskState, Turn, WorkflowStoreState } from '../state/taskState.ts'
import { turnOf } from './settledTurn.ts'

/** The turns that somebody waits for, each under the key of its submit or, for one found again, its task's id. */
export interface AwaitedTurns {
  readonly has: (key: SubmitKey | TaskId) => boolean
  /**
   * Waits for a turn; the schema that is given last checks its result. Resolves when its end and its output were
   * published, however the end was learned, or when nobody waits for it any more.
   */
  readonly add: (key: SubmitKey | TaskId, schema: StandardSchema | undefined) => Promise<void>
  readonly drop: (key: SubmitKey | TaskId) => void
  /** Takes out the turns of the written tasks that ended, and adds to the state the outputs that can be had at once. */
  readonly complete: (state: WorkflowStoreState, written: Iterable<TaskId | SubmitKey>) => WorkflowStoreState
  /** Checks what a view has a schema for, of turns that ended before there was one. */
  readonly check: (task: TaskState | undefined) => void
  /** What is to be run once everybody heard of what was completed. */
  readonly afterwards: () => () => void
  /** Lets go of everything. */
  readonly clear: () => void
}

export interface AwaitedTurnsContext {
  readonly push: (fact: Fact, isUrgent: boolean) => void
  /** The schema of whoever shows the task. */
  readonly schemaOf: (idOrKey: SubmitKey | TaskId) => StandardSchema | undefined
  /** Called once for each turn, when its end was published. */
  readonly onOver: (key: SubmitKey | TaskId) => void
  /** Called after that, when its output was published too. */
  readonly onEnded: (key: SubmitKey | TaskId) => void
}

interface AwaitedTurn {
  schema: StandardSchema | undefined
  readonly ended: Promise<void>
  readonly release: () => void
}

export function createAwaitedTurns({ push, schemaOf, onOver, onEnded }: AwaitedTurnsContext): AwaitedTurns {
  const awaited = new Map<SubmitKey | TaskId, AwaitedTurn>()
  /** Those whose output is still being checked too. */
  const releases = new Set<() => void>()
  let told: (() => void)[] = []

  const open = (): AwaitedTurn => {
    let release = (): void => undefined
    const ended = new Promise<void>((resolve) => {
      release = () => {
        releases.delete(release)
        resolve()
      }
    })
    releases.add(release)
    return { schema: undefined, ended, release }
  }

  /** Looks at what was written alone: of many runs at once most have nothing new. */
  const endedOf = (task: TaskState | undefined, id: TaskId | SubmitKey): (AwaitedTurn & { readonly key: SubmitKey | TaskId; readonly turn: Turn })[] =>
    [...new Set([...(task?.turns ?? []).map(({ key }) => key), id])].flatMap((key) => {
      const [turn, waiting] = [turnOf(task, key), awaited.get(key)]
      return turn && waiting && isSettled(turn.status) ? [{ ...waiting, key, turn }] : []
    })

  const checkedOf = (key: SubmitKey | TaskId, { status, result }: Turn, schema = schemaOf(key)): ReturnType<typeof checkOutput> | undefined =>
    (schema && status === 'completed' && result !== null ? checkOutput(schema, result) : undefined)

  return {
    has: (key) => awaited.has(key),
    add(key, schema) {
      const turn = awaited.get(key) ?? open()
      turn.schema = schema ?? turn.schema
      awaited.set(key, turn)
      return turn.ended
    },
    drop(key) {
      awaited.get(key)?.release()
      awaited.delete(key)
    },
    complete(state, written) {
      let next = state
      for (const { key, turn, schema, release } of [...written].flatMap((id) => endedOf(own(state.tasks, id), id))) {
        awaited.delete(key)
        told.push(() => { onOver(key) })
        const end = (): void => {
          onEnded(key)
          release()
        }
        const checked = checkedOf(key, turn, schema)
        // A validator that takes its time has its answer pushed later; one that answers at once has it published with the end.
        if (checked && 'then' in checked) {
          told.push(() => {
            void checked.then((value) => {
              push({ kind: 'outputChecked', key, turn: turn.key, ...value }, true)
              end()
            })
          })
          continue
        }
        if (checked) next = reduceWorkflow(next, [{ kind: 'outputChecked', key, turn: turn.key, ...checked }])
        told.push(end)
      }
      return next
    },
    check(task) {
      for (const turn of task?.turns ?? []) {
        const { key: turnKey, output, outputIssues } = turn
        const key = task?.taskId ?? turnKey
        const checked = output === undefined && outputIssues === null ? checkedOf(key, turn) : undefined
        if (checked) void Promise.resolve(checked).then((value) => { push({ kind: 'outputChecked', key, turn: turnKey, ...value }, true) })
      }
    },
    afterwards() {
      // A subscriber that was told of an end may have published something since.
      const runs = told
      told = []
      return () => { for (const run of runs) run() }
    },
    clear() { for (const release of releases) release() },
  }
}
