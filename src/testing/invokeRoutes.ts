import { jsonAnswer, refusal, type Answer } from './answer.ts'
import { streamRun } from './eventStream.ts'
import { faultOf } from './faults.ts'
import type { AnswerRoute } from './routeContext.ts'
import type { Run } from './run.ts'
import { latestVersion } from './service.ts'
import { validateInvoke } from './validateInvoke.ts'

/** Answers the three ways to invoke: with the stream, with the finished task, or at once with the started one. */
export const answerInvoke =
  (way: 'stream' | 'invoke' | 'async'): AnswerRoute =>
  ({ service, request, id, faults }) => {
    const validated = validateInvoke(request.bodyText, request.headers['content-type'])
    if ('issues' in validated) return refusal(422, validated.issues)
    if (!service.scenarioOf(id)) return refusal(404, 'Workflow not found')
    const run = service.prepareTurn(id, validated.body, request.query.get('version') ?? latestVersion)
    if (!run) return refusal(404, 'Task not found')

    const json = faultOf(faults, 'json')
    const answersAt = way === 'stream' ? (json ? (json.when ?? 'finished') : 'stream') : way === 'async' ? 'started' : 'finished'
    const answer = answersAt === 'stream' ? streamRun(run, faults, service.streams) : answersAt === 'finished' ? whenFinished(run) : undefined
    service.start(run)
    return answer ?? jsonAnswer(200, run.record)
  }

const whenFinished = (run: Run): Promise<Answer> =>
  new Promise((resolve) => {
    run.listen({ onFrame: () => {}, onEnd: () => { resolve(jsonAnswer(200, run.record)) } })
  })
