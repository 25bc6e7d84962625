import type { WorkflowError } from '../errors.ts'
import type { WorkflowGraph } from '../protocol/graph.ts'
import type { WorkflowInput } from '../protocol/request.ts'
import type { Plan, TaskSnapshot, TaskStatus, Usage } from '../protocol/task.ts'
import type { StandardIssue } from '../protocol/standardSchema.ts'

/** Id that the service gave to a run. */
export type TaskId = string
/** Key that one submit has from its first moment, before the service names a task. */
export type SubmitKey = string
export type NodeId = string

/**
 * What the task is doing. Apart from `idle` and `submitting` these are the vendor's words. An earlier turn that is `idle`
 * is over, and how it ended the service does not tell: it was rebuilt from the thread, which has questions and answers only.
 */
export type RunStatus = 'idle' | 'submitting' | TaskStatus

/**
 * The state of our line to the task; says nothing about the task itself. `polling`: there is no stream, and reading
 * the task succeeds; `recovering`: the line broke and is tried again; `lost`: given up, though the run may go on.
 */
export type Connection = 'closed' | 'connecting' | 'open' | 'polling' | 'recovering' | 'offline' | 'lost'

/** How one execution of a node went. */
export type NodeStatus = 'running' | 'completed' | 'failed' | 'paused' | 'stopped' | 'skipped'

/** One execution of a node; retries and loops make several. Times are epoch milliseconds of the server's clock. */
export interface Attempt {
  readonly status: Exclude<NodeStatus, 'skipped'>
  /** `null` when only its end was seen. */
  readonly startedAt: number | null
  readonly endedAt: number | null
}

/** A time in which the node did nothing but wait for a person. */
export interface Wait {
  readonly reason: 'approval'
  readonly startedAt: number
  readonly endedAt: number | null
}

interface StepFields {
  /** Unique within its turn. */
  readonly id: string
  /** Which attempt of its node it belongs to, counted from 0; `null` while no node is known. */
  readonly attempt: number | null
  /** `unanswered`: the run ended and no result had come. */
  readonly status: 'running' | 'completed' | 'failed' | 'stopped' | 'unanswered'
  readonly startedAt: number | null
  readonly endedAt: number | null
  readonly title: string | null
}

export interface ToolCallStep extends StepFields {
  readonly kind: 'toolCall'
  readonly toolName: string | null
  readonly operationId: string | null
  readonly toolCallId: string | null
  readonly requestId: string | null
  readonly input: unknown
  readonly output: unknown
  readonly isError: boolean
}

export interface ReasoningStep extends StepFields {
  readonly kind: 'think' | 'analyze'
  readonly text: string | null
  readonly action: string | null
  readonly result: string | null
  readonly confidence: number | null
}

export interface SubAgentStep extends StepFields {
  readonly kind: 'subAgent'
  readonly agentId: string | null
  /** The child run, once it is known. */
  readonly taskId: TaskId | null
  readonly triggerId: string | null
  readonly query: string | null
}

/** Something seen inside a node, or inside the run where no node could be named. */
export type Step = ToolCallStep | ReasoningStep | SubAgentStep

/** What is known of one node of the canvas in one turn. */
export interface TimelineNode {
  readonly id: NodeId
  readonly name: string
  /** The canvas type (`agent`, `action`, ...); `null` while the graph is not known. */
  readonly type: string | null
  /** The `parallel` node that holds it. */
  readonly parentId: NodeId | null
  readonly status: NodeStatus
  /** Start of the first attempt and end of the last; `null` when not seen or not over. */
  readonly startedAt: number | null
  readonly endedAt: number | null
  /** Time spent in ended attempts, without the waits; `null` when no attempt has both ends. */
  readonly durationMs: number | null
  readonly attempts: readonly Attempt[]
  readonly steps: readonly Step[]
  readonly waits: readonly Wait[]
  /** When the service said that the node had run (`last_executed_node_id`). */
  readonly executions: readonly number[]
}

/** A sign-in that the run needs; `url` is `https:` or null. */
export interface AuthRequest {
  readonly type: string
  readonly url: string | null
  readonly serverName: string | null
  readonly message: string | null
  readonly at: number
}

/** An approval that the run is paused for. */
export interface WaitingFor {
  readonly nodeId: NodeId | null
  readonly title: string | null
  readonly description: string | null
  readonly since: number
}

/** One submit within a task. */
export interface Turn {
  readonly key: SubmitKey
  /** `null` when the turn was started elsewhere and its input is not known. */
  readonly input: WorkflowInput | null
  readonly status: RunStatus
  /** The status word as the service sent it. */
  readonly rawStatus: string | null
  /** We asked the service to stop and it has not said yet how that went. */
  readonly isStopping: boolean
  /** The text so far, the root's pieces in order; at the end a non-empty result replaces it. */
  readonly text: string
  readonly result: string | null
  /** The result checked by the submit's schema. */
  readonly output: unknown
  readonly outputIssues: readonly StandardIssue[] | null
  readonly error: WorkflowError | null
  readonly nodes: Readonly<Record<NodeId, TimelineNode>>
  /** Node ids in order of first sight. */
  readonly nodeOrder: readonly NodeId[]
  /** The nodes, in that order. */
  readonly timeline: readonly TimelineNode[]
  /** Steps that no node could be named for. */
  readonly unassigned: readonly Step[]
  readonly plan: Plan | null
  readonly auth: AuthRequest | null
  readonly waiting: WaitingFor | null
  readonly usage: Usage | null
  /** Nodes over and nodes in all, once the canvas is known; else the plan's; else `null`. */
  readonly progress: { readonly done: number; readonly total: number } | null
  /** Events that said something new; a second copy counts only where nothing tells it apart. */
  readonly eventCount: number
  readonly malformedCount: number
  /** Part of what happened was not seen. */
  readonly hasGap: boolean
  readonly startedAt: number | null
  readonly finishedAt: number | null
  /** Our clock minus the server's as the first event of the turn showed it: for live durations. */
  readonly clockSkewMs: number
  /** What the reducer remembers for its next conclusion; no part of the contract. */
  readonly notes: Notes
}

/** A submit that waits for its turn. */
export interface QueuedSubmit {
  readonly key: SubmitKey
  readonly input: WorkflowInput
}

/** Everything known of one task: what the turn says that is shown (the current one), and what outlives turns. */
export interface TaskState extends Turn {
  /** `undefined` until the service named the task. */
  readonly taskId: TaskId | undefined
  readonly workflowId: string | undefined
  readonly connection: Connection
  /** While it is `recovering`: the number of the next try, from 1, and when it is made by our clock; else 0 and `null`. */
  readonly attempt: number
  readonly retryAt: number | null
  /** Submits that wait until the turn under way is over, in their order. */
  readonly queue: readonly QueuedSubmit[]
  /** Earlier turns and the current one. */
  readonly turns: readonly Turn[]
  readonly createdAt: number | null
  readonly parentTaskId: TaskId | null
  /** Of a child run: the parent's node that it runs in; `undefined` while that is not known. */
  readonly parentNodeId: NodeId | null | undefined
  readonly childTaskIds: readonly TaskId[]
  /** The task that was continued when the service answered with another id. */
  readonly continuedFrom: TaskId | null
  /** The workflow on whose canvas the nodes are; a child run's is its root's. */
  readonly canvasId: string | undefined
}

/** What was told last by records, plans, ...: its time, and what was told at that very time. */
export interface Told {
  readonly at: number
  readonly contents: readonly object[]
}

/** Times are epoch milliseconds of the server's clock. */
export interface Notes {
  /** The turn that was shown before this one. */
  readonly before: SubmitKey
  /** The turn was opened by something other than its `task_created`, which may still come. */
  readonly awaitsCreated: boolean
  /** A frame of this line has named the task. */
  readonly isNamed: boolean
  /** The stream of this line can be gone back to, after the frame with `lastEventId`. */
  readonly canReplay: boolean
  /** Latest time of the turns before: what is not later is a copy from then. */
  readonly floorAt: number
  readonly firstEventAt: number | null
  readonly lastEventAt: number
  /** When the newest record that was read was asked for, by our clock. */
  readonly askedAt: number
  readonly createdAt: number
  readonly told: Readonly<Partial<Record<'task' | 'plan' | 'auth' | 'error', Told>>>
  readonly lastEventId: string | null
  readonly lastExecutedNodeId: NodeId | null
  /** A record of the end that came without `task_finished`; it counts when the stream ends. */
  readonly end: TaskSnapshot | null
  /** What was asked, as the service has it; `null` while it did not say. */
  readonly question: string | null
  /** How much of the text is in one piece; the rest are pieces as they came. */
  readonly flatLength: number
}

/** What the store holds. Readers go through `selectTask`, never through `tasks` by hand. */
export interface WorkflowStoreState {
  readonly tasks: Readonly<Record<TaskId | SubmitKey, TaskState>>
  /** Task of each submit, once known. */
  readonly aliases: Readonly<Record<SubmitKey, TaskId>>
  /** Canvas of each workflow that was read. */
  readonly graphs: Readonly<Record<string, WorkflowGraph>>
  /** What each hook id shows. */
  readonly conversations: Readonly<Record<string, TaskId | SubmitKey>>
}

/** The same shape, to be written while it is nobody else's yet. */
export type Mutable<Shape> = { -readonly [Key in keyof Shape]: Shape[Key] }
