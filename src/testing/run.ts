import { allNodes, type ScenarioNode } from './canvas.ts'
import { createFibers, type Decision } from './fibers.ts'
import type { Scenario } from './scenario.ts'
import { SimulatedTask, type CurrentTurn } from './simulatedTask.ts'
import type { Turn } from './steps.ts'
import { createTaskRecord, type TaskRecord } from './taskRecord.ts'
import type { WireFrame, WireTask } from './wire.ts'
import type { World } from './world.ts'

/** Hears the frames of a run, its children's included, and its end. */
export interface RunListener {
  onFrame(frame: WireFrame): void
  onEnd(): void
}

/** How long the worker needs to notice that a run was stopped. */
const stopNoticedMs = 100

/** One turn of a task while it happens: it changes the record and sends frames, whether somebody listens or not. */
export class Run implements CurrentTurn {
  readonly fibers
  readonly children: Run[] = []
  readonly nodes: ReadonlyMap<string, ScenarioNode>
  /** Text that was streamed so far. */
  text = ''
  /** Characters of what tools answered, counted as prompt. */
  readCharacters = 0
  isOver = false
  readonly #listeners = new Set<RunListener>()
  #isEnded = false
  #callOffEnd = (): void => {}

  constructor(
    readonly world: World,
    /** Every task of the simulator; a child registers here. */
    readonly tasks: Map<string, SimulatedTask>,
    readonly task: SimulatedTask,
    readonly scenario: Scenario,
    readonly parent?: Run,
    readonly isForwarded = true,
  ) {
    this.fibers = createFibers(world)
    this.nodes = new Map(allNodes(scenario.nodes).map((node) => [node.id, node]))
  }

  get record(): TaskRecord {
    return this.task.record
  }

  /** What functions in a scenario are called with. */
  get turn(): Turn {
    const { text, files } = this.record.input
    return { text, files, number: this.task.history.length + 1, history: this.task.history, task: structuredClone(this.record) }
  }

  listen(listener: RunListener): () => void {
    this.#listeners.add(listener)
    return () => {
      this.#listeners.delete(listener)
    }
  }

  /** Sends a frame; without `data`, a snapshot of the record. */
  emit(type: string, data: unknown = structuredClone(this.record)): void {
    const time = this.world.timestamp()
    this.deliver({ type, task_id: this.record.id, organization_id: this.world.organizationId, time, data })
  }

  deliver(frame: WireFrame): void {
    if (this.parent && this.isForwarded) this.parent.deliver(frame)
    for (const listener of [...this.#listeners]) listener.onFrame(frame)
  }

  /** Changes the record and tells. */
  update(fields: Partial<WireTask>): void {
    Object.assign(this.record, fields)
    this.emit('task_updated')
  }

  /** Ends the run. Without a result, what was streamed is the result. */
  finish(status: 'completed' | 'failed' | 'error', result: string = this.text, tokens?: { readonly prompt: number; readonly completion: number }): void {
    if (this.isOver) return
    this.#settle({ status, result, tokens: toWireTokens(tokens ?? this.#countTokens()) })
    if (status === 'completed') this.task.addMessage('assistant', result)
    this.#end()
  }

  /** Stops the run: the record says so at once, the stream a moment later. */
  stop(): void {
    if (this.isOver) return
    this.#settle({ status: 'stopped', is_manually_stopped: true })
    this.#callOffEnd = this.world.after(stopNoticedMs, () => {
      this.flushEnd()
    })
  }

  /** Sends the end that a stop still holds back. */
  flushEnd(): void {
    this.#callOffEnd()
    this.#end()
  }

  /** Begins a run of an agent in a task of its own. */
  createChild(agentId: string, query: string, isForwarded: boolean): Run {
    const id = this.task.random.uuid()
    const { user } = this.record.input
    const body = { input: { text: query, user }, parent_execution_id: this.record.id }
    const record = createTaskRecord(this.world, id, agentId, body, {}, '1')
    record.is_orchestration = false
    const task = new SimulatedTask(record, this.task.random.fork(id))
    const child = new Run(this.world, this.tasks, task, this.scenario, this, isForwarded)
    task.run = child
    this.task.children.push(task)
    this.children.push(child)
    this.tasks.set(id, task)
    return child
  }

  /** Lets what waits for a person go on, in child runs too. */
  release(decision: Decision): boolean {
    const released = [this.fibers.release(decision), ...this.children.map((child) => child.release(decision))]
    return released.includes(true)
  }

  #settle(fields: Partial<WireTask>): void {
    this.isOver = true
    this.fibers.cancelAll()
    for (const child of this.children) child.stop()
    Object.assign(this.record, { hitl_request: null, pending_eca_request: null, paused_at: null }, fields, { finished_at: this.world.timestamp() })
  }

  #end(): void {
    if (this.#isEnded) return
    this.#isEnded = true
    for (const child of this.children) child.flushEnd()
    this.emit('task_finished')
    for (const listener of [...this.#listeners]) listener.onEnd()
    this.#listeners.clear()
  }

  // Four characters to a token, as a rule of thumb.
  #countTokens(): { readonly prompt: number; readonly completion: number } {
    return { prompt: 180 + Math.ceil((this.record.input.text.length + this.readCharacters) / 4), completion: Math.ceil(this.text.length / 4) }
  }
}

function toWireTokens(tokens: { readonly prompt: number; readonly completion: number }): WireTask['tokens'] {
  return { completion_tokens: tokens.completion, prompt_tokens: tokens.prompt, total_tokens: tokens.prompt + tokens.completion }
}
