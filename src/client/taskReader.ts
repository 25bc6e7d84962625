import { WorkflowError } from '../errors.ts'
import { decodeTask, isTerminal } from '../protocol/task.ts'
import type { TaskSnapshot } from '../protocol/task.ts'
import { decodeThread } from '../protocol/thread.ts'
import type { ThreadMessage } from '../protocol/thread.ts'
import type { SubmitKey, TaskId, TaskState } from '../state/taskState.ts'
import { pathOfTask } from './requests.ts'
import type { Requests } from './requests.ts'

/** What was read of a task. */
export interface TaskRecord {
  readonly task: TaskSnapshot
  readonly messages: readonly ThreadMessage[]
}

/** Reads tasks as they are now. */
export interface TaskReader {
  /** The record; its thread too where that tells what nothing else does: turns that were not seen, a text without a result. */
  readonly read: (taskId: TaskId, attempt?: number, signal?: AbortSignal) => Promise<TaskRecord>
  readonly thread: (taskId: TaskId, phase?: 'read' | 'recover', attempt?: number, signal?: AbortSignal) => Promise<readonly ThreadMessage[]>
  /** Whether the task had ended before we first saw it, so that its end is no news; asked once. */
  readonly takeHistory: (key: SubmitKey | TaskId) => boolean
}

/** So often the thread of a run that has ended is asked for, before the run ends without it. */
const MAX_THREAD_ATTEMPTS = 3

export function createTaskReader(get: Requests['read'], taskOf: (taskId: TaskId) => TaskState | undefined): TaskReader {
  const history = new Set<SubmitKey | TaskId>()

  const thread: TaskReader['thread'] = async (taskId, ...reading) => decodeThread(await get(pathOfTask(taskId, '/thread'), ...reading))

  return {
    thread,
    async read(taskId, attempt = MAX_THREAD_ATTEMPTS, signal) {
      const task = decodeTask(await get(pathOfTask(taskId), 'recover', attempt, signal))
      if (task?.id !== taskId) throw new WorkflowError('http_error', 'recover', 'The answer is not of this task', { taskId })
      const isSeen = (taskOf(taskId)?.turns.length ?? 0) > 0
      const isOver = isTerminal(task.status)
      if (!isSeen && isOver) history.add(taskId)
      if (isSeen && (task.result || !isOver)) return { task, messages: [] }
      const messages = await thread(taskId, 'recover', attempt, signal).catch((error: unknown) => {
        // A thread that cannot be had must not keep a run from ending.
        if (attempt < MAX_THREAD_ATTEMPTS && !(error instanceof WorkflowError && isRefusal(error))) throw error
        return []
      })
      return { task, messages }
    },
    takeHistory: (key) => history.delete(key),
  }
}

/** The service says no, and would say so again. */
export const isRefusal = ({ status = 0 }: WorkflowError): boolean => status >= 400 && status < 500 && status !== 429
