import { refusal, type Answer, type ServiceRequest } from './answer.ts'
import type { Route } from './faults.ts'
import { answerInvoke } from './invokeRoutes.ts'
import type { AnswerRoute } from './routeContext.ts'
import { answerDelete, answerStop, answerTask, answerTasks, answerThread } from './taskRoutes.ts'
import { answerNodes, answerWorkflow, answerWorkflows } from './workflowRoutes.ts'

/** A route of the service, and what answers it. */
export interface MatchedRoute {
  readonly route: Route
  readonly id: string
  readonly answer: AnswerRoute
}

/** The route that a request means, or its refusal: 404 for no such path, 405 for another method. */
export function matchRoute({ method, path }: ServiceRequest): MatchedRoute | Answer {
  let isPathKnown = false
  for (const { route, pattern, method: expected, answer } of routes) {
    const match = pattern.exec(path)
    if (!match) continue
    isPathKnown = true
    if (method !== expected) continue
    return { route, id: decode(match[1] ?? ''), answer }
  }
  return refusal(isPathKnown ? 405 : 404)
}

const routes: readonly { readonly method: string; readonly pattern: RegExp; readonly route: Route; readonly answer: AnswerRoute }[] = [
  { method: 'POST', pattern: /^\/v1\/workflows\/([^/]+)\/invoke\/stream$/, route: 'stream', answer: answerInvoke('stream') },
  { method: 'POST', pattern: /^\/v1\/workflows\/([^/]+)\/invoke\/async$/, route: 'async', answer: answerInvoke('async') },
  { method: 'POST', pattern: /^\/v1\/workflows\/([^/]+)\/invoke$/, route: 'invoke', answer: answerInvoke('invoke') },
  { method: 'GET', pattern: /^\/v1\/workflows$/, route: 'workflows', answer: answerWorkflows },
  { method: 'GET', pattern: /^\/v1\/workflows\/([^/]+)$/, route: 'workflow', answer: answerWorkflow },
  { method: 'GET', pattern: /^\/v1\/workflows\/([^/]+)\/nodes$/, route: 'nodes', answer: answerNodes },
  { method: 'GET', pattern: /^\/v1\/tasks$/, route: 'tasks', answer: answerTasks },
  { method: 'GET', pattern: /^\/v1\/tasks\/([^/]+)$/, route: 'task', answer: answerTask },
  { method: 'DELETE', pattern: /^\/v1\/tasks\/([^/]+)$/, route: 'delete', answer: answerDelete },
  { method: 'POST', pattern: /^\/v1\/tasks\/([^/]+)\/stop$/, route: 'stop', answer: answerStop },
  { method: 'GET', pattern: /^\/v1\/tasks\/([^/]+)\/thread(\/full)?$/, route: 'thread', answer: answerThread },
]

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment)
  } catch {
    return segment
  }
}
