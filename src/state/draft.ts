import type { WorkflowGraph } from '../protocol/graph.ts'
import { copyNotes, copyTask, copyTurn } from './copy.ts'
import { drawTimeline, progressOf } from './drawTimeline.ts'
import { EMPTY_TURN } from './emptyState.ts'
import { isSame } from './isSame.ts'
import { keepItems } from './keep.ts'
import { handOn } from './sights.ts'
import type { Draft } from './taskDraft.ts'
import type { SubmitKey, TaskState, Turn } from './taskState.ts'

export function openDraft(base: TaskState, graph: WorkflowGraph | undefined): Draft {
  const known = base.turns.find(({ key }) => key === base.key) ?? EMPTY_TURN
  const task = copyTask(base)
  if (base.turns.length > 0) task.error = known.error
  return { base, task, known, notes: copyNotes(known.notes), graph, sights: undefined }
}

/** The state that the draft came to; the very same object when nothing changed. */
export function closeDraft(draft: Draft): TaskState {
  const { base, task } = draft
  writeBack(draft)
  if (task.connection !== 'recovering') Object.assign(task, { attempt: 0, retryAt: null })
  task.childTaskIds = keepItems(base.childTaskIds, task.childTaskIds)
  // A refused turn leaves the one before it on screen, but its error is told.
  if (task.turns.length > 0) task.error = task.turns.at(-1)?.error ?? null
  return task.turns === base.turns && isSame(task, base) ? base : task
}

/** Begins a turn; what was on screen stays in the turns before. */
export function openTurn(draft: Draft, key: SubmitKey, input: Turn['input']): void {
  writeBack(draft)
  const { task, notes } = draft
  const { isNamed, canReplay, lastEventId, floorAt, lastEventAt, askedAt } = notes
  const turn: Turn = {
    ...EMPTY_TURN,
    key,
    input,
    status: 'pending',
    notes: { ...EMPTY_TURN.notes, before: task.key, isNamed, canReplay, lastEventId, askedAt, floorAt: Math.max(floorAt, lastEventAt) },
  }
  task.turns = [...task.turns, turn]
  showTurn(draft, turn)
}

/** Puts a turn of the task on its flat fields, to be written. */
export function showTurn(draft: Draft, turn: Turn): void {
  Object.assign(draft.task, turn)
  draft.known = turn
  draft.notes = copyNotes(turn.notes)
  draft.sights = undefined
}

/** Puts what was written into the turns of the task. */
export function writeBack(draft: Draft): void {
  const { task, known, notes, graph } = draft
  // A task that was only looked at stays none.
  if (task.turns.length === 0) return
  drawTimeline(draft)
  if (task.progress === null || task.timeline !== known.timeline || task.status !== known.status || task.plan !== known.plan) {
    const progress = progressOf(task, task.parentTaskId === null ? graph : undefined)
    task.progress = isSame(progress, known.progress) ? known.progress : progress
  }
  task.notes = isSame(notes, known.notes) ? known.notes : notes
  const next = copyTurn(task)
  const turn = isSame(next, known) ? known : next
  if (turn !== known) task.turns = task.turns.map((other) => (other === known ? turn : other))
  handOn(draft, turn)
  draft.known = turn
}
