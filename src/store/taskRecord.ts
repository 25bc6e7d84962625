import { WorkflowError } from '../errors.ts'
import type { WorkflowErrorCode, WorkflowErrorPhase } from '../errors.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import { isFields, readList } from '../protocol/wire.ts'
import type { Fields } from '../protocol/wire.ts'
import { EMPTY_TASK, EMPTY_TURN } from '../state/emptyState.ts'
import { own } from '../state/own.ts'
import type { TaskId, TaskState, TimelineNode, Turn } from '../state/taskState.ts'

/**
 * What a page does not leave to the next one, and what is drawn from the rest. The next one may have another schema, so
 * it checks results by itself.
 */
const NOT_KEPT: readonly string[] = ['connection', 'attempt', 'retryAt', 'queue', 'isStopping', 'timeline', 'output', 'outputIssues']

const namesOf = (empty: object): string[] => Object.keys(empty).filter((name) => !NOT_KEPT.includes(name))
const TURN_NAMES = namesOf(EMPTY_TURN)
const NOTE_NAMES = namesOf(EMPTY_TURN.notes)
// The other fields of a task are those of the turn that is shown.
const TASK_NAMES = ['key', ...namesOf(EMPTY_TASK).filter((name) => !Object.hasOwn(EMPTY_TURN, name))]

/** What is kept of a task; two of the same fields need not be written twice. */
export function outlineOf(task: TaskState): Fields {
  const fields: Fields = { ...task }
  return Object.fromEntries(TASK_NAMES.map((name) => [name, fields[name]]))
}

/** The same as plain data, without what every empty task says. */
export function packTask(outline: Fields): Fields {
  return { ...pack(outline, EMPTY_TASK, TASK_NAMES), turns: (outline.turns as readonly Turn[]).map(packTurn) }
}

/** A root task and its child runs, as they were packed; `undefined` unless all of it looks right. */
export function unpackTasks(rootId: TaskId, value: unknown): TaskState[] | undefined {
  const tasks = readList(value).map(unpackTask)
  const known = new Set<TaskId>()
  for (const task of tasks) {
    const { taskId, parentTaskId } = task ?? {}
    // The root comes first, under its first submit while it has no id, and each child run after what it is a part of.
    const id = taskId ?? (known.size === 0 ? task?.turns[0]?.key : undefined)
    const isInPlace = known.size === 0 ? id === rootId && parentTaskId === null : parentTaskId != null && known.has(parentTaskId)
    if (id === undefined || !isInPlace || known.has(id)) return undefined
    known.add(id)
  }
  return tasks.length > 0 ? (tasks as TaskState[]) : undefined
}

function unpackTask(value: unknown): TaskState | undefined {
  const fields = unpack(value, EMPTY_TASK, TASK_NAMES) as TaskState | undefined
  const turns = fields?.turns.map(unpackTurn)
  const shown = turns?.find((turn) => turn?.key === fields?.key)
  if (!turns || !shown || !['string', 'undefined'].includes(typeof fields?.taskId) || turns.includes(undefined)) return undefined
  const error = turns.at(-1)?.error ?? null
  return { ...EMPTY_TASK, ...fields, ...shown, turns: turns as Turn[], error }
}

/** A turn as plain data. */
export function packTurn(turn: Turn): Fields {
  const { notes, error, input } = turn
  return {
    ...pack(turn, EMPTY_TURN, TURN_NAMES),
    input: input === null ? undefined : packInput(input),
    notes: pack(notes, EMPTY_TURN.notes, NOTE_NAMES),
    error: error === null ? undefined : packError(error),
  }
}

function unpackTurn(value: unknown): Turn | undefined {
  const fields = unpack(value, EMPTY_TURN, TURN_NAMES) as Turn | undefined
  const notes = unpack(fields?.notes, EMPTY_TURN.notes, NOTE_NAMES) as Turn['notes'] | undefined
  const timeline = fields?.nodeOrder.map((id) => own(fields.nodes, id))
  if (!fields || !notes || !timeline?.every(isFields)) return undefined
  return { ...EMPTY_TURN, ...fields, notes, error: unpackError(fields.error), timeline: timeline as readonly object[] as readonly TimelineNode[] }
}

function pack(value: object, empty: object, names: readonly string[]): Fields {
  const [fields, known] = [value as Fields, empty as Fields]
  return Object.fromEntries(names.filter((name) => !Object.is(fields[name], known[name])).map((name) => [name, fields[name]]))
}

/** The fields, each as it is or, left out, as in the empty one; `undefined` when one is of another kind than there. */
function unpack(fields: unknown, empty: object, names: readonly string[]): object | undefined {
  if (!isFields(fields)) return undefined
  const known = empty as Fields
  const values = names.map((name): readonly [string, unknown] => {
    const value = own(fields, name)
    return [name, value === undefined || (value === null && known[name] != null) ? known[name] : value]
  })
  return values.every(([name, value]) => known[name] == null || kindOf(value) === kindOf(known[name])) ? Object.fromEntries(values) : undefined
}

const kindOf = (value: unknown): string => (Array.isArray(value) ? 'list' : typeof value)

/** What was asked, as a view shows it: without who asked, and without what signs the address of a file. */
function packInput({ text, files }: WorkflowInput): WorkflowInput {
  const addresses = files?.map((file) => (file.startsWith('data:') ? file : file.replace(/[?#].*$/s, '').replace(/^(\w+:\/\/)[^/]*@/, '$1')))
  return { text, ...(addresses && { files: addresses }) }
}

/** Without its cause, which may be anything. */
function packError(error: WorkflowError): Fields {
  const { code, phase, message, mayHaveStarted, status, retryAfterMs, taskId, requestId, issues } = error
  return { code, phase, message, mayHaveStarted, status, retryAfterMs, taskId, requestId, issues }
}

function unpackError(value: unknown): WorkflowError | null {
  if (!isFields(value)) return null
  const { code, phase, message, ...fields } = value
  return new WorkflowError(code as WorkflowErrorCode, phase as WorkflowErrorPhase, String(message), fields)
}
