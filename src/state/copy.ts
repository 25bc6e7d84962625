import type { Mutable, Notes, TaskState, Turn } from './taskState.ts'

// Spreading into a new object gives it a shape of its own in some engines: a copy of a copy of a copy then takes ten
// times as long as one that is written out, and so does each look at what has so many shapes.

/** A task to be written. */
export const copyTask = ({
  key, input, status, rawStatus, isStopping, text, result, output, outputIssues, error, nodes, nodeOrder, timeline,
  unassigned, plan, auth, waiting, usage, progress, eventCount, malformedCount, hasGap, startedAt, finishedAt, clockSkewMs,
  notes, taskId, workflowId, connection, attempt, retryAt, queue, turns, createdAt, parentTaskId, parentNodeId, childTaskIds,
  continuedFrom, canvasId,
}: TaskState): Mutable<TaskState> => ({
  key, input, status, rawStatus, isStopping, text, result, output, outputIssues, error, nodes, nodeOrder, timeline,
  unassigned, plan, auth, waiting, usage, progress, eventCount, malformedCount, hasGap, startedAt, finishedAt, clockSkewMs,
  notes, taskId, workflowId, connection, attempt, retryAt, queue, turns, createdAt, parentTaskId, parentNodeId, childTaskIds,
  continuedFrom, canvasId,
})

/** A turn; of a task the one that is on its flat fields. */
export const copyTurn = ({
  key, input, status, rawStatus, isStopping, text, result, output, outputIssues, error, nodes, nodeOrder, timeline,
  unassigned, plan, auth, waiting, usage, progress, eventCount, malformedCount, hasGap, startedAt, finishedAt, clockSkewMs,
  notes,
}: Turn): Mutable<Turn> => ({
  key, input, status, rawStatus, isStopping, text, result, output, outputIssues, error, nodes, nodeOrder, timeline,
  unassigned, plan, auth, waiting, usage, progress, eventCount, malformedCount, hasGap, startedAt, finishedAt, clockSkewMs,
  notes,
})

/** What the reducer remembers, to be written. */
export const copyNotes = ({
  before, awaitsCreated, isNamed, canReplay, floorAt, firstEventAt, lastEventAt, askedAt, createdAt, told, lastEventId,
  lastExecutedNodeId, end, flatLength, question,
}: Notes): Mutable<Notes> => ({
  before, awaitsCreated, isNamed, canReplay, floorAt, firstEventAt, lastEventAt, askedAt, createdAt, told, lastEventId,
  lastExecutedNodeId, end, flatLength, question,
})
