import type { SettledTurn, TaskState, WorkflowClient } from '../../src/core.ts'
import { createFrames } from '../frames.ts'
import type { Frame, Frames } from '../frames.ts'
import type { HandTransport } from '../handTransport.ts'
import { BEGINNING, pass, setUpService } from './followed.ts'
import type { FollowedOptions } from './followed.ts'
import { taskOf } from './handClient.ts'
import type { ScriptedService } from './scriptedService.ts'

export const withReplay = (): Response => new Response(null, { headers: { 'x-workflow-replay': '1' } })

export interface Replayable extends HandTransport {
  readonly client: WorkflowClient
  readonly service: ScriptedService
  readonly key: string
  readonly settled: Promise<SettledTurn>
  readonly frames: Frames
  /** Hands on frames that are numbered. */
  readonly sendNext: (...frames: readonly Frame[]) => void
  readonly task: () => TaskState
}

/** A run whose answer said that its stream can be gone back to, after two frames. */
export async function beginReplayable(options: FollowedOptions = {}): Promise<Replayable> {
  const setting = setUpService(options)
  const frames = createFrames('task-1', BEGINNING)
  setting.service.answer('invoke', withReplay)
  setting.service.answer('events', withReplay)
  const { key, settled } = setting.client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)
  await setting.open()
  let id = 0
  const sendNext = (...sent: readonly Frame[]): void => {
    for (const frame of sent) setting.sendText(JSON.stringify(frame), `log.${++id}`)
  }
  sendNext(frames.created(), frames.chunk('Hel'))
  return { ...setting, key, settled, frames, sendNext, task: () => taskOf(setting.client, key) }
}
