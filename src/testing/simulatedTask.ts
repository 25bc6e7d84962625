import type { Decision } from './fibers.ts'
import type { SeededRandom } from './random.ts'
import type { Turn } from './steps.ts'
import type { TaskRecord } from './taskRecord.ts'
import type { WireMessage } from './wire.ts'

/** What can be done with the turn that a task is in. */
export interface CurrentTurn {
  stop(): void
  /** Sends the end that a stop still holds back. */
  flushEnd(): void
  /** Lets what waits for a person go on; says whether something waited. */
  release(decision: Decision): boolean
}

/** One task of the service: a record that every turn updates in place, and a thread that keeps them all. */
export class SimulatedTask {
  /** The earlier turns. */
  readonly history: Turn['history'][number][] = []
  readonly children: SimulatedTask[] = []
  /** Everything that was said, what tools answered included. */
  readonly messages: WireMessage[] = []
  /** The latest turn. */
  run: CurrentTurn | undefined

  constructor(
    readonly record: TaskRecord,
    /** Gives the ids of this task's calls, whatever other tasks do meanwhile. */
    readonly random: SeededRandom,
  ) {
    this.addMessage('system', 'You are a workflow that answers its user.')
    this.addMessage('user', record.input.text)
  }

  /** Keeps what the record says of the turn that is over, before the next one updates it. */
  keepTurn(): void {
    const { input, result, status } = this.record
    this.history.push({ text: input.text, result, status })
  }

  addMessage(role: WireMessage['role'], content: string): void {
    const { created_at, finished_at, id } = this.record
    const word = { user: 'user', assistant: 'agent', system: 'system', tool: 'tool' }[role]
    const number = 1 + this.messages.filter((message) => message.role === role).length
    const { tokens } = this.record
    this.messages.push({
      id: `${id}_${word}_${number}`,
      role,
      content,
      created_at: Math.floor(Date.parse(finished_at ?? created_at) / 1000),
      tool_calls: null,
      metrics:
        role === 'assistant' && tokens
          ? { input_tokens: tokens.prompt_tokens, output_tokens: tokens.completion_tokens, total_tokens: tokens.total_tokens }
          : null,
    })
  }

  /** The thread as a person sees it. */
  get thread(): readonly WireMessage[] {
    return this.messages.filter(({ role }) => role === 'user' || role === 'assistant')
  }

  /** The whole thread: `root`, and one key for each child task. */
  get fullThread(): Readonly<Record<string, readonly WireMessage[]>> {
    const descendants = (task: SimulatedTask): readonly SimulatedTask[] => task.children.flatMap((child) => [child, ...descendants(child)])
    return { root: this.messages, ...Object.fromEntries(descendants(this).map((child) => [child.record.id, child.messages])) }
  }
}
