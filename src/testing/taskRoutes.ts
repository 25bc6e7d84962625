import { jsonAnswer, refusal, type Answer, type ValidationIssue } from './answer.ts'
import { createBody } from './body.ts'
import { faultOf } from './faults.ts'
import type { AnswerRoute, RouteContext } from './routeContext.ts'
import type { SimulatedTask } from './simulatedTask.ts'
import type { WireTask } from './wire.ts'

/** `GET /v1/tasks/{id}`: the record of the latest turn. */
export const answerTask: AnswerRoute = (context) => {
  const task = findTask(context)
  return task ? jsonAnswer(200, task.record) : unknownTask()
}

/** `POST /v1/tasks/{id}/stop`: the record, stopped; one that has ended comes back as it is. */
export const answerStop: AnswerRoute = (context) => {
  const refused = faultOf(context.faults, 'refuseStop')
  if (refused) return refusal(refused.status ?? 500)
  const task = findTask(context)
  if (!task) return unknownTask()
  if (!faultOf(context.faults, 'ignoreStop')) task.run?.stop()
  return jsonAnswer(200, task.record)
}

/** `DELETE /v1/tasks/{id}`: stops it if it runs, then forgets it. */
export const answerDelete: AnswerRoute = (context) => {
  const task = findTask(context)
  if (!task) return unknownTask()
  task.run?.stop()
  context.service.tasks.delete(task.record.id)
  const body = createBody()
  body.end()
  return { status: 204, headers: {}, body }
}

/** `GET /v1/tasks/{id}/thread` and `/thread/full`. */
export const answerThread: AnswerRoute = (context) => {
  const task = findTask(context)
  if (!task) return unknownTask()
  return jsonAnswer(200, context.request.path.endsWith('/full') ? task.fullThread : task.thread)
}

/** `GET /v1/tasks`: newest first, in pages. */
export const answerTasks: AnswerRoute = ({ service, request: { query } }) => {
  const issues: ValidationIssue[] = []
  const page = readCount(query, 'page', 1, Infinity, issues)
  const perPage = readCount(query, 'per_page', 20, 50, issues)
  if (issues.length > 0) return refusal(422, issues)
  const matches = [...service.tasks.values()]
    .map((task) => task.record)
    .filter((record) => filters.every(([name, read]) => query.get(name) === null || query.get(name) === read(record)))
    .sort((left, right) => (left.created_at < right.created_at ? 1 : -1))
  return jsonAnswer(200, {
    items: matches.slice((page - 1) * perPage, page * perPage).map(toListItem),
    total: matches.length,
    page,
    per_page: perPage,
    total_pages: Math.ceil(matches.length / perPage),
  })
}

const findTask = ({ service, id }: RouteContext): SimulatedTask | undefined => service.tasks.get(id)

const unknownTask = (): Answer => refusal(404, 'Task not found')

const filters: readonly (readonly [string, (task: WireTask) => string | null])[] = [
  ['user_id', (task) => task.input.user?.id ?? null],
  ['agent_id', (task) => task.agent_id],
  ['parent_task_id', (task) => task.parent_execution],
  ['triggering_agent_id', (task) => task.triggering_agent_id],
  ['status', (task) => task.status],
  ['internal_status', (task) => task.internal_status],
]

function readCount(query: URLSearchParams, name: string, fallback: number, most: number, issues: ValidationIssue[]): number {
  const text = query.get(name)
  if (text === null) return fallback
  const loc = ['query', name]
  const count = Number(text)
  if (!Number.isInteger(count)) issues.push({ type: 'int_parsing', loc, msg: 'Input should be a valid integer, unable to parse string as an integer', input: text })
  else if (count < 1) issues.push({ type: 'greater_than_equal', loc, msg: 'Input should be greater than or equal to 1', input: text, ctx: { ge: 1 } })
  else if (count > most) issues.push({ type: 'less_than_equal', loc, msg: `Input should be less than or equal to ${most}`, input: text, ctx: { le: most } })
  return count
}

function toListItem(task: WireTask): object {
  return {
    id: task.id,
    agent_id: task.agent_id,
    user_id: task.input.user?.id ?? null,
    parent_task_id: task.parent_execution,
    triggering_agent_id: task.triggering_agent_id,
    organization_id: task.organization_id,
    status: task.status,
    created_at: task.created_at,
    updated_at: task.finished_at ?? task.started_at ?? task.created_at,
    source_node_type: null,
    result: task.result,
    title: task.title,
  }
}
