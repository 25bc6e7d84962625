/** The service as far as the client can tell: tasks, their turns, and what each turn says. Nothing of it is ever lost. */
export interface ModelService {
  readonly tasks: ReadonlyMap<string, ModelTask>
  /** A POST was taken. A turn that still runs is cancelled by it, as in the vendor's conversations. */
  readonly begin: (taskId: string | undefined, input: string, script: string, key: string) => ModelTurn
  /** The run goes on by so many events. */
  readonly emit: (turn: ModelTurn, count: number) => void
  /** A turn that has not ended is stopped. */
  readonly stop: (turn: ModelTurn) => void
  /** `GET /v1/tasks/{id}`, as of now or of the end of the turn before. */
  readonly record: (task: ModelTask, turn?: ModelTurn) => object
  readonly thread: (task: ModelTask, until?: ModelTurn) => readonly object[]
  /** The end of another run, which nobody here began. */
  readonly foreignFrame: () => Frame
}

export interface ModelTask {
  readonly id: string
  readonly createdAt: string
  readonly turns: ModelTurn[]
}

export type ModelStatus = 'pending' | 'executing' | 'paused' | 'completed' | 'failed' | 'error' | 'stopped'

export interface ModelTurn {
  readonly task: ModelTask
  /** What each of its pieces of text begins with, so that a text tells whose it is. */
  readonly name: string
  readonly key: string
  readonly input: string
  /** One letter an event, and the end: see `ends`. */
  readonly script: string
  readonly log: LoggedFrame[]
  /** The pieces of its text so far. */
  readonly pieces: string[]
  emitted: number
  status: ModelStatus
  result: string | null
  node: string | null
  startedAt: string | null
  finishedAt: string | null
}

export interface LoggedFrame {
  readonly id: string
  readonly frame: Frame
}

export interface Frame {
  readonly type: string
  readonly task_id: string
  readonly organization_id: string
  readonly time: string
  readonly data: unknown
}

/** How a script ends: with its text as the result, another result, none, or badly. */
const ends: Readonly<Record<string, readonly [ModelStatus, 'text' | 'other' | 'none']>> = {
  '+': ['completed', 'text'], '=': ['completed', 'other'], '0': ['completed', 'none'], '-': ['failed', 'none'], '!': ['error', 'other'],
}

export const isOver = ({ status }: ModelTurn): boolean => status !== 'pending' && status !== 'executing' && status !== 'paused'

/** What a turn shows in the end to who missed nothing. */
export const textOf = ({ result, pieces }: ModelTurn): string => result ?? pieces.join('')

/** @param skewMs the service's clock minus ours */
export function createModelService(skewMs: number): ModelService {
  const tasks = new Map<string, ModelTask>()
  let last = 0
  const now = (): string => {
    last = Math.max(last + 1, Date.now() + skewMs)
    return new Date(last).toISOString()
  }
  const frameOf = (type: string, data: unknown, taskId: string): Frame => ({ type, task_id: taskId, organization_id: 'org', time: now(), data })
  const say = (turn: ModelTurn, type: string, data: unknown, taskId = turn.task.id): void => {
    turn.log.push({ id: `${turn.name}.${turn.log.length}`, frame: frameOf(type, data, taskId) })
  }
  const snapshot = (turn: ModelTurn, type: string): void => say(turn, type, recordOf(turn))
  const end = (turn: ModelTurn, status: ModelStatus, result: string | null): void => {
    Object.assign(turn, { status, result, finishedAt: now() })
    snapshot(turn, 'task_finished')
  }

  const service: ModelService = {
    tasks,
    begin(taskId, input, script, key) {
      const id = taskId ?? `task-${tasks.size + 1}`
      const task = tasks.get(id) ?? { id, createdAt: now(), turns: [] }
      tasks.set(id, task)
      const before = task.turns.at(-1)
      if (before) service.stop(before)
      const turn: ModelTurn = {
        task, key, input, script, name: `${id}/${task.turns.length + 1}`, log: [], pieces: [],
        emitted: 0, status: 'pending', result: null, node: null, startedAt: null, finishedAt: null,
      }
      task.turns.push(turn)
      snapshot(turn, 'task_created')
      return turn
    },
    emit(turn, count) {
      for (let left = count; left > 0 && !isOver(turn); left -= 1) {
        const letter = turn.script[turn.emitted] ?? '+'
        turn.emitted += 1
        const [status, kind] = ends[letter] ?? []
        if (status !== undefined) {
          const text = turn.pieces.join('')
          end(turn, status, kind === 'none' ? null : kind === 'text' && text ? text : `[${turn.name}:result]`)
        } else emitLetter(turn, letter)
      }
    },
    stop(turn) {
      if (!isOver(turn)) end(turn, 'stopped', null)
    },
    record: (task, turn = task.turns.at(-1)) => (turn ? recordOf(turn) : { id: task.id, status: 'pending' }),
    thread(task, until = task.turns.at(-1)) {
      const turns = until ? task.turns.slice(0, task.turns.indexOf(until) + 1) : []
      return turns.flatMap((turn) => {
        const asked = { id: `${turn.name}_user`, role: 'user', content: turn.input, created_at: turn.log[0]?.frame.time }
        const answer = { id: `${turn.name}_agent`, role: 'assistant', content: textOf(turn), created_at: turn.finishedAt }
        return isOver(turn) && textOf(turn) ? [asked, answer] : [asked]
      })
    },
    foreignFrame: () => frameOf('task_finished', { id: 'elsewhere', status: 'failed', result: 'foreign', finished_at: now() }, 'elsewhere'),
  }

  const emitLetter = (turn: ModelTurn, letter: string): void => {
    const count = turn.emitted
    if (turn.startedAt === null) {
      Object.assign(turn, { status: 'executing', startedAt: now() })
      snapshot(turn, 'task_updated')
    }
    if (letter === 'c') {
      const piece = `[${turn.name}:${turn.pieces.length}]`
      turn.pieces.push(piece)
      say(turn, 'chunk', piece)
    } else if (letter === 'u') {
      Object.assign(turn, { status: 'executing', node: `node-${count}` })
      snapshot(turn, 'task_updated')
    } else if (letter === 'p') {
      turn.status = turn.status === 'paused' ? 'executing' : 'paused'
      snapshot(turn, 'task_updated')
    } else if (letter === 't') {
      const call = { request_id: `call-${count}`, tool_call_id: `call-${count}`, operation_id: 'op', graph_node_id: 'node-tool', payload: { count } }
      say(turn, 'tool_call_request', call)
      say(turn, 'tool_call_result', { ...call, result: count, is_error: false })
    } else if (letter === 'k') {
      const child = `${turn.name}-child-${count}`
      const fields = { id: child, parent_execution: turn.task.id, agent_id: 'child' }
      say(turn, 'sub_agent_trigger', { id: child, agent_id: 'child', query: 'q', task_id: child })
      say(turn, 'task_created', { ...fields, status: 'pending' }, child)
      say(turn, 'chunk', 'child text', child)
      say(turn, 'task_finished', { ...fields, status: 'failed', result: 'child result', finished_at: now() }, child)
    }
  }
  return service
}

function recordOf(turn: ModelTurn): object {
  return {
    id: turn.task.id, agent_id: 'flow', status: turn.status, input: { text: turn.input, files: [] }, result: turn.result,
    created_at: turn.task.createdAt, started_at: turn.startedAt, finished_at: turn.finishedAt,
    last_executed_node_id: turn.node, is_manually_stopped: turn.status === 'stopped',
  }
}
