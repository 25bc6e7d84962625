import { isTerminal } from '../protocol/task.ts'
import type { TaskSnapshot } from '../protocol/task.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import { openTurn } from './draft.ts'
import type { Draft } from './taskDraft.ts'
import type { TaskFact } from './fact.ts'
import { reduceSnapshot, settle, snapshotEnds } from './reduceSnapshot.ts'
import { isSettled } from './runStatus.ts'

/** Takes over a record that was read (`GET /v1/tasks/{id}`, xpander-api.md 10.1), with the messages of its thread. */
export function reduceRecord(draft: Draft, { task: record, messages, at, askedAt }: TaskFact & { kind: 'polled' }): void {
  const { task } = draft
  // Answers may come out of order.
  if (askedAt < draft.notes.askedAt) return
  if (task.turns.length === 0) rebuildTurns(draft, record, messages)
  else if (isNextTurn(draft, record)) openPolledTurn(draft, record.inputText)
  else if (isSettled(draft.task.status)) return
  const { notes } = draft
  notes.askedAt = askedAt
  const { connection } = task
  if (connection !== 'open' && connection !== 'closed' && connection !== 'lost') task.connection = 'polling'

  const { status } = record
  const isOver = status !== undefined && isSettled(status)
  // A record of the turn before says nothing of this one.
  if (isOfTurnBefore(draft, record) || (isOver && !snapshotEnds(draft, record))) return
  task.startedAt ??= record.startedAt ?? record.createdAt ?? null
  // A stream that is open may be silent and miss nothing, and one that can be gone back to tells the rest; unless the run is over.
  if ((connection !== 'open' && !notes.canReplay) || isOver) task.hasGap = true
  fillText(draft, messages)
  const time = Math.max(at - task.clockSkewMs, notes.lastEventAt)
  const event = { kind: 'taskUpdated', task: record, taskId: record.id, time: undefined, raw: undefined } as const
  reduceSnapshot(draft, event, time)
  if (isOver) settle(draft, status, record, time)
}

/** The task goes on with a turn that somebody else began, after ours or while we did not see ours end. */
function isNextTurn({ task, notes }: Draft, { status, finishedAt, startedAt = finishedAt, inputText }: TaskSnapshot): boolean {
  // Of a run that ended before it started there is but the end.
  if (status === undefined || startedAt === undefined || startedAt <= Math.max(notes.floorAt, notes.lastEventAt)) return false
  if (isSettled(task.status)) return !isSettled(status)
  // Compared with what the service itself says was asked: it may have written ours down otherwise.
  return notes.question !== null && inputText !== undefined && inputText !== notes.question
}

/** Where times do not tell, what was asked does. */
function isOfTurnBefore({ task }: Draft, { inputText, finishedAt }: TaskSnapshot): boolean {
  const before = task.turns.at(-2)
  // Nor do they where nobody heard of that turn, which may have run all the same.
  const isTimed = finishedAt !== undefined && before?.error?.code !== 'unknown_start'
  return !isTimed && inputText !== undefined && inputText !== task.input?.text && inputText === before?.input?.text
}

function openPolledTurn(draft: Draft, text: string | undefined): void {
  const { task } = draft
  openTurn(draft, `${task.taskId ?? ''}#${task.turns.length}`, text === undefined ? null : { text })
}

/** The turns of a task of which nothing was seen: each question of its thread begins one, and the last may be under way. */
function rebuildTurns(draft: Draft, { inputText, status, startedAt = -Infinity }: TaskSnapshot, messages: readonly ThreadMessage[]): void {
  const { isStopping } = draft.task
  const begin = (text: string | undefined, floorAt: number): void => {
    // That it is over is all that a thread tells of how a turn ended.
    if (draft.task.turns.length > 0) Object.assign(draft.task, { status: 'idle', hasGap: true })
    draft.notes.lastEventAt = floorAt
    openPolledTurn(draft, text)
  }
  let lastAt = -Infinity
  let isAnswered = true
  for (const { role, content, createdAt } of messages) {
    if (createdAt !== undefined) lastAt = Math.max(lastAt, createdAt)
    if (role === 'user') {
      // What the service says of a time before the question is of the turn before.
      begin(content, lastAt - 1)
      draft.task.startedAt = createdAt ?? null
      isAnswered = false
    } else if (role === 'assistant' && content) {
      draft.task.text = content
      isAnswered = true
    }
  }
  // The question of the record may not be in the thread yet; one without an answer is it, however the service wrote it down.
  const isOther = isAnswered && inputText !== undefined && inputText !== draft.task.input?.text
  // Times of messages are whole seconds.
  if (draft.task.turns.length === 0 || (isOther && (!isTerminal(status) || startedAt - 999 > lastAt))) begin(inputText, lastAt)
  draft.task.isStopping = isStopping
  // Only what the service sends from now on tells when the turn under way was last heard of.
  draft.notes.lastEventAt = -Infinity
}

/** What the thread has of the answer under way, when it is more than was seen of it. */
function fillText({ task }: Draft, messages: readonly ThreadMessage[]): void {
  const asked = messages.findLastIndex(({ role }) => role === 'user')
  const question = task.input?.text
  if (question !== undefined && messages[asked]?.content !== question) return
  const answer = messages.slice(asked + 1).findLast(({ role, content }) => role === 'assistant' && content)?.content ?? ''
  if (answer.length > task.text.length) task.text = answer
}
