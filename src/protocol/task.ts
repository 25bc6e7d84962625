import { withoutSecrets } from './secrets.ts'
import { isFields, readFields, readHttpsUrl, readNumber, readResult, readText, readTexts, readTime, type Fields } from './wire.ts'

/** Statuses of a task in the vendor's words (xpander-api.md 5). */
export type TaskStatus = 'pending' | 'executing' | 'paused' | 'completed' | 'failed' | 'error' | 'stopped'

export interface Usage {
  readonly promptTokens: number | null
  readonly completionTokens: number | null
  readonly totalTokens: number | null
}

export interface PlanTask {
  readonly id: string
  readonly title: string
  readonly isCompleted: boolean
}

/** The deep-planning list, whole each time it is sent (`plan_updated`, `deep_planning`). */
export interface Plan {
  readonly isEnabled: boolean
  readonly isStarted: boolean
  readonly isQuestionRaised: boolean
  readonly tasks: readonly PlanTask[]
}

/**
 * What a task record says (`GET /v1/tasks/{id}`, the answer of stop, and the data of `task_*` events), decoded.
 * `undefined` means that the record did not say; `null` that it said null. Times are epoch milliseconds.
 */
export interface TaskSnapshot {
  readonly id: string | undefined
  readonly agentId: string | undefined
  /** The status as we understand it; `undefined` when none was sent. An unknown word counts as executing. */
  readonly status: TaskStatus | undefined
  /** The status word as sent. */
  readonly rawStatus: string | undefined
  /** Text of the input of the latest turn. */
  readonly inputText: string | undefined
  readonly result: string | null | undefined
  readonly createdAt: number | undefined
  readonly startedAt: number | undefined
  readonly pausedAt: number | undefined
  readonly finishedAt: number | undefined
  readonly lastExecutedNodeId: string | undefined
  readonly parentTaskId: string | undefined
  readonly subTaskIds: readonly string[]
  readonly isManuallyStopped: boolean
  /** What the run waits for when a person has to approve (`hitl_request`). */
  readonly approval: { readonly nodeId: string | undefined; readonly title: string | undefined; readonly description: string | undefined } | undefined
  /** A connector that the user has to authorise (`pending_eca_request`); the address only when it is `https:`. */
  readonly connectorAuth: { readonly name: string | undefined; readonly url: string | undefined } | undefined
  readonly plan: Plan | undefined
  readonly usage: Usage | undefined
}

/** A task record as `GET /v1/tasks/{id}` and stop answer it; `undefined` for anything that is none (it has no id). */
export function decodeTask(value: unknown): TaskSnapshot | undefined {
  const task = readTask(readFields(withoutSecrets(value)))
  return task.id === undefined ? undefined : task
}

/** What fields without secrets say of a task: the snapshots in events may leave out anything, the id too. */
export function readTask(fields: Fields): TaskSnapshot {
  const rawStatus = readText(fields.status)
  const input = readFields(fields.input).text ?? fields.input
  return {
    id: readText(fields.id) ?? readText(fields.task_id),
    agentId: readText(fields.agent_id),
    status: rawStatus === undefined ? undefined : readStatus(rawStatus),
    rawStatus,
    inputText: typeof input === 'string' ? input : undefined,
    result: readResult(fields.result),
    createdAt: readTime(fields.created_at),
    startedAt: readTime(fields.started_at),
    pausedAt: readTime(fields.paused_at),
    finishedAt: readTime(fields.finished_at),
    lastExecutedNodeId: readText(fields.last_executed_node_id),
    parentTaskId: readText(fields.parent_execution) ?? readText(fields.parent_execution_id),
    subTaskIds: readTexts(fields.sub_executions, fields.finished_sub_executions),
    isManuallyStopped: fields.is_manually_stopped === true,
    approval: readApproval(fields.hitl_request),
    connectorAuth: readConnectorAuth(fields.pending_eca_request),
    plan: readPlan(fields.deep_planning),
    usage: readUsage(fields.tokens),
  }
}

/** Has a task of this status ended for good? `paused` has not. */
export const isTerminal = (status: string | undefined): boolean =>
  status === 'completed' || status === 'failed' || status === 'error' || status === 'stopped'

/** A deep-planning list; `undefined` for a value without one. */
export function readPlan(value: unknown): Plan | undefined {
  if (!isFields(value) || !Array.isArray(value.tasks)) return undefined
  return {
    isEnabled: value.enabled === true,
    isStarted: value.started === true,
    isQuestionRaised: value.question_raised === true,
    tasks: value.tasks.filter(isFields).map((task, index) => ({
      id: readText(task.id) ?? String(index),
      title: readText(task.title) ?? '',
      isCompleted: task.completed === true,
    })),
  }
}

function readStatus(sent: string): TaskStatus {
  // Pages of the vendor's documentation say queued, running and cancelled.
  const word = sent.toLowerCase().replace('queued', 'pending').replace(/^cancell?ed$/, 'stopped')
  // A word that we do not know counts as executing: a run must not end on one.
  return isTerminal(word) || word === 'pending' || word === 'paused' ? (word as TaskStatus) : 'executing'
}

/** `{wait_node_id}` now, `{title, description, content, ...}` in an older schema. */
function readApproval(value: unknown): TaskSnapshot['approval'] {
  if (!isFields(value)) return undefined
  return {
    nodeId: readText(value.wait_node_id),
    title: readText(value.title),
    description: readText(value.description) ?? readText(value.content),
  }
}

function readConnectorAuth(value: unknown): TaskSnapshot['connectorAuth'] {
  if (!isFields(value)) return undefined
  return { name: readText(value.connector_name), url: readHttpsUrl(value.auth_url) }
}

function readUsage(value: unknown): Usage | undefined {
  if (!isFields(value)) return undefined
  return {
    promptTokens: readNumber(value.prompt_tokens) ?? null,
    completionTokens: readNumber(value.completion_tokens) ?? null,
    totalTokens: readNumber(value.total_tokens) ?? null,
  }
}
