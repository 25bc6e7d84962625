import { jsonAnswer, refusal, type Answer, type ServiceRequest } from './answer.ts'
import type { Fault, StreamFault } from './faults.ts'
import type { WorkflowSimulator } from './workflowSimulator.ts'

/**
 * Routes that the service does not have, for pages and end-to-end tests that steer the simulator over HTTP. They are
 * served by the listener only, to this machine only: `POST {mount}/simulator/release`, `/approve` and `/reject` with
 * `{ "taskId": ... }`, `POST /simulator/faults` with a fault, `GET` and `DELETE /simulator/faults`, `POST /simulator/strike`
 * with what is to go wrong at once, `GET /simulator/workflows`, `GET /simulator/requests`.
 */
export function answerControl(simulator: WorkflowSimulator, action: string, request: ServiceRequest): Answer {
  const control = controls[`${request.method} ${action}`]
  if (!control) return refusal(404)
  // A page of another origin cannot send this type without asking first, and nobody here says yes.
  if (request.method !== 'GET' && !/^application\/json\b/.test(request.headers['content-type'] ?? '')) return refusal(415, 'Send content-type: application/json')
  try {
    return control(simulator, request.bodyText === '' ? {} : (JSON.parse(request.bodyText) as unknown))
  } catch (error) {
    return refusal(400, error instanceof Error ? error.message : String(error))
  }
}

type Control = (simulator: WorkflowSimulator, body: unknown) => Answer

const decide =
  (way: 'release' | 'approve' | 'reject'): Control =>
  (simulator, body) =>
    jsonAnswer(200, { released: simulator[way](taskIdOf(body)) })

const controls: Readonly<Record<string, Control>> = {
  'POST release': decide('release'),
  'POST approve': decide('approve'),
  'POST reject': decide('reject'),
  'POST faults': (simulator, body) => {
    // Checked by fault() itself, which throws a clear error for anything else.
    simulator.fault(body as Fault)
    return jsonAnswer(200, { added: true })
  },
  'GET faults': (simulator) => jsonAnswer(200, simulator.faults),
  // Checked by strike() itself.
  'POST strike': (simulator, body) => jsonAnswer(200, { struck: simulator.strike(body as StreamFault) }),
  'DELETE faults': (simulator) => {
    simulator.clearFaults()
    return jsonAnswer(200, { cleared: true })
  },
  'GET workflows': (simulator) => jsonAnswer(200, simulator.workflows),
  'GET requests': (simulator) => jsonAnswer(200, simulator.requests),
}

function taskIdOf(body: unknown): string {
  const { taskId } = (typeof body === 'object' && body !== null ? body : {}) as { readonly taskId?: unknown }
  if (typeof taskId !== 'string') throw new TypeError('Send { "taskId": "..." }.')
  return taskId
}
