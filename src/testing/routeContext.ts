import type { Answer, ServiceRequest } from './answer.ts'
import type { Fault } from './faults.ts'
import type { Service } from './service.ts'

/** What a route is answered with; `id` is the workflow's or the task's. */
export interface RouteContext {
  readonly service: Service
  readonly request: ServiceRequest
  readonly id: string
  readonly faults: readonly Fault[]
}

/** Answers the requests of one route. */
export type AnswerRoute = (context: RouteContext) => Answer | Promise<Answer>
