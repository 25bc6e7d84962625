import { isSettled } from '../state/runStatus.ts'
import type { TaskState, Turn } from '../state/taskState.ts'
import type { TaskGroup } from './taskGroup.ts'
import { idOf } from './taskGroup.ts'
import { packTurn } from './taskRecord.ts'

/**
 * What two tabs know of one task: the turns of both in the order of the server's times, and of each turn what is further.
 * Whoever of the two merges comes to the same, so that they come to rest.
 */
export function mergeGroups(ours: TaskGroup, theirs: TaskGroup): TaskGroup {
  const merged = ours.map((task) => {
    const other = theirs.find((known) => idOf(known) === idOf(task))
    return other ? mergeTask(task, other) : task
  })
  return [...merged, ...theirs.filter((task) => !ours.some((known) => idOf(known) === idOf(task)))]
}

/** What of theirs is not known here, or further than here. */
export function newsOf(ours: TaskGroup, theirs: TaskGroup): TaskGroup {
  return theirs.flatMap((task) => {
    const known = ours.find((other) => idOf(other) === idOf(task))?.turns ?? []
    const turns = task.turns.filter((turn) => !known.some((other) => isSameTurn(other, turn) && isFurther(other, turn)))
    return turns.length > 0 ? [{ ...task, turns }] : []
  })
}

function mergeTask(ours: TaskState, theirs: TaskState): TaskState {
  const turns = mergeTurns(ours.turns, theirs.turns)
  const childTaskIds = [...new Set([...ours.childTaskIds, ...theirs.childTaskIds])].sort()
  // A turn that was refused leaves the one before it on screen.
  const shown = turns.findLast(({ error }) => error?.phase !== 'submit') ?? turns.at(-1)
  const further = shown && ours.turns.includes(shown) ? ours : theirs
  return { ...further, ...shown, childTaskIds, turns, error: turns.at(-1)?.error ?? null }
}

function mergeTurns(ours: readonly Turn[], theirs: readonly Turn[]): readonly Turn[] {
  const merged = [...ours]
  let at = 0
  for (const turn of theirs) {
    const same = merged.findIndex((other, place) => (other.key === turn.key || place >= at) && isSameTurn(other, turn))
    const known = merged[same]
    if (known) {
      merged[same] = join(known, turn)
      at = same + 1
    } else if (!merged.some(({ key }) => key === turn.key)) {
      for (let next = merged[at]; next && isBefore(next, turn); next = merged[at]) at += 1
      merged.splice(at, 0, turn)
      at += 1
    }
  }
  return merged
}

/** A turn that was found at the service has a key that says so, and may be one that another tab submitted. */
const isFound = ({ key }: Turn): boolean => /#\d+$/.test(key)

function isSameTurn(one: Turn, other: Turn): boolean {
  if (!isFound(one) && !isFound(other)) return one.key === other.key
  const isElsewhere = one.finishedAt !== null && other.finishedAt !== null && one.finishedAt !== other.finishedAt
  return !isElsewhere && one.input?.text === other.input?.text && one.error?.phase !== 'submit' && other.error?.phase !== 'submit'
}

/** What is further, under the key that somebody may know it by. */
function join(one: Turn, other: Turn): Turn {
  const further = isFurther(one, other) ? one : other
  const named = isFound(one) ? other : one
  return further.key === named.key ? further : { ...further, key: named.key, input: named.input }
}

/** Whether the one says more than the other; where neither does, its text decides, which is the same in each tab. */
function isFurther(one: Turn, other: Turn): boolean {
  for (const [at, amount] of progressOf(one).entries()) {
    const difference = amount - (progressOf(other)[at] ?? 0)
    if (difference !== 0) return difference > 0
  }
  return JSON.stringify(packTurn(one)) >= JSON.stringify(packTurn(other))
}

const progressOf = ({ status, eventCount, output, outputIssues, text, finishedAt, error }: Turn): readonly number[] => [
  Number(isSettled(status)), Number(error?.code !== 'unknown_start'), eventCount, Number(output !== undefined || outputIssues !== null), text.length, finishedAt ?? 0,
]

function isBefore(one: Turn, other: Turn): boolean {
  const [time, otherTime] = [beginningOf(one), beginningOf(other)]
  return time === otherTime ? one.key < other.key : time < otherTime
}

/** By the server's clock; what nobody heard of yet is newest. */
function beginningOf({ notes, startedAt, finishedAt }: Turn): number {
  return Number.isFinite(notes.createdAt) ? notes.createdAt : (notes.firstEventAt ?? startedAt ?? finishedAt ?? Infinity)
}
