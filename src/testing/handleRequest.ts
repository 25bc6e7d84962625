import { jsonAnswer, refusal, refusals, type Answer, type ServiceRequest } from './answer.ts'
import { createFaultyBody } from './faultyBody.ts'
import { faultOf, type Fault } from './faults.ts'
import { matchRoute } from './routes.ts'
import type { RequestLog } from './requestLog.ts'
import type { Service } from './service.ts'

/** No answer at all: the connection is reset. */
export const noAnswer = 'noAnswer'

/** One request, from arrival to its answer, with the faults that wait for it. */
export async function handleRequest(service: Service, log: RequestLog, request: ServiceRequest): Promise<Answer | typeof noAnswer> {
  const entry = log.add(request)
  const requestId = service.world.random.fork(`request ${log.count}`).uuid()
  const answer = await answerRequest(service, request)
  if (answer === noAnswer) return answer
  entry.status = answer.status
  return { ...answer, headers: { 'x-request-id': requestId, ...answer.headers } }
}

async function answerRequest(service: Service, request: ServiceRequest): Promise<Answer | typeof noAnswer> {
  const matched = matchRoute(request)
  if ('status' in matched) return matched
  const { route, id } = matched
  const faults = service.faults.take(route)
  const latency = faultOf(faults, 'latency')
  if (latency) await new Promise<void>((resolve) => { service.world.afterExactly(latency.ms, resolve) })

  const lost = faultOf(faults, 'noAnswer')
  if (lost && lost.runStarts !== true) return noAnswer
  const status = faultOf(faults, 'status')
  if (status) return refuse(status)
  if (service.apiKey !== undefined && request.headers['x-api-key'] !== service.apiKey) return refusal(401)
  const answering = matched.answer({ service, request, id, faults })
  if (lost) return noAnswer
  const answer = await answering
  return route === 'stream' && !faultOf(faults, 'json') ? answer : withByteFaults(service, answer, faults)
}

function refuse({ status, body, retryAfter }: Extract<Fault, { kind: 'status' }>): Answer {
  const headers: Readonly<Record<string, string>> = {
    ...(retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) }),
    ...(status === 429 ? { 'x-ratelimit-limit': '100', 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '60' } : {}),
  }
  return jsonAnswer(status, body ?? { detail: refusals[status] ?? `Error ${status}` }, headers)
}

/** Answers of JSON can be cut, stalled, split and mislabelled like streams. */
function withByteFaults(service: Service, answer: Answer, faults: readonly Fault[]): Answer {
  if (faults.length === 0) return answer
  const output = createFaultyBody(service.world, faults)
  answer.body.attach({ write: output.write, end: output.end, cut: output.body.cut })
  const contentType = faultOf(faults, 'contentType')
  return { ...answer, body: output.body, headers: { ...answer.headers, ...(contentType ? { 'content-type': contentType.value } : {}) } }
}
