import { WorkflowError } from '../errors.ts'
import { encodeRequest } from '../protocol/request.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { Fact } from '../state/fact.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import type { AwaitedTurns } from './awaitedTurns.ts'
import type { LineContext } from './line.ts'
import { checkSubmit } from './options.ts'
import type { Requests } from './requests.ts'
import type { SettledTurn } from './settledTurn.ts'
import { isBusy } from './submitQueue.ts'
import type { SubmitQueue } from './submitQueue.ts'
import type { SubmitHandle, SubmitRequest } from './workflowClient.ts'

export interface SubmitContext {
  readonly task: (idOrKey: TaskId | SubmitKey | undefined) => TaskState | undefined
  readonly requests: Requests
  readonly turns: AwaitedTurns
  readonly queue: SubmitQueue
  readonly push: (fact: Fact, isUrgent?: boolean) => void
  readonly openLine: (context: Pick<LineContext, 'key' | 'ended' | 'post'>, workflowId: string) => Promise<SettledTurn>
}

/** Makes `submit`: sends at once, or does what `whenBusy` says while a turn of the task runs. */
export function createSubmit({ task, requests, turns, queue, push, openLine }: SubmitContext): (request: SubmitRequest) => SubmitHandle {
  /** What is to be sent to go on behind that task. @throws WorkflowError `invalid_options` */
  const encode = (request: SubmitRequest, behind: SubmitKey | TaskId | undefined): { readonly taskId: TaskId | undefined; readonly url: string; readonly body: string } => {
    const known = task(behind)
    if (known?.workflowId !== undefined && known.workflowId !== request.workflowId) {
      throw new WorkflowError('invalid_options', 'submit', `The task is of workflow ${known.workflowId}: submit to that one, or without taskId`)
    }
    // A submit that the service never took has no task that could be continued.
    const taskId = known ? known.taskId : behind
    const { path, body } = encodeRequest({ ...request, taskId })
    return { taskId, url: requests.urlOf(path, 'submit'), body }
  }

  const begin = (request: SubmitRequest, key: SubmitKey, input: WorkflowInput, behind: SubmitRequest['taskId']): Promise<SettledTurn> => {
    const { workflowId, schema } = request
    const { taskId, url, body } = encode(request, behind)
    // Of a turn that was given up nobody waits for the end any more.
    if (behind !== undefined) turns.drop(behind)
    const ended = turns.add(key, schema)
    const follows = taskId === undefined ? behind : undefined
    push({ kind: 'submitted', key, at: Date.now(), workflowId, input, continues: taskId, follows }, true)
    const post: LineContext['post'] = (listening) => requests.invoke({ url, body, idempotencyKey: key }, listening)
    return openLine({ key, ended, post }, workflowId)
  }

  return (request) => {
    checkSubmit(request)
    // What cannot be sent is refused at once, not when it has its turn.
    encodeRequest(request)
    const key = `submit-${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`
    const { whenBusy = 'reject' } = request
    const behind = request.taskId ?? undefined
    const input = typeof request.input === 'string' ? { text: request.input } : request.input
    const known = task(behind)
    if (behind === undefined || !known || !(isBusy(known) || known.queue.length > 0)) return { key, settled: begin(request, key, input, behind) }
    encode(request, behind)
    return { key, settled: queue.add({ key, behind, input, whenBusy, begin: (last) => begin(request, key, input, last) }) }
  }
}
