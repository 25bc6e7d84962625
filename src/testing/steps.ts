import type { WireTask } from './wire.ts'

/** What a step can know when it plays. */
export interface Turn {
  /** Text of this turn's input. */
  readonly text: string
  readonly files: readonly string[]
  /** How many turns the conversation has, this one included. */
  readonly number: number
  /** The earlier turns, oldest first. */
  readonly history: readonly { readonly text: string; readonly result: string | null; readonly status: WireTask['status'] }[]
  /** The task record as it is now. */
  readonly task: WireTask
}

/** A value, or a function of the turn that gives it. */
export type FromTurn<T> = T | ((turn: Turn) => T)

/** Steps in order; a function among them chooses what comes in its place. */
export type StepList = readonly (Step | ((turn: Turn) => StepList))[]

export interface ToolCallOptions {
  /** Name of the tool. @defaultValue the node's name */
  readonly tool?: string
  /** @defaultValue the node's `operationId`, else one made from the tool's name */
  readonly operationId?: string
  /** What goes in; a function is called with the turn. */
  readonly input?: unknown
  /** What comes out; a function is called with the turn. */
  readonly output?: unknown
  /** Lets the call fail with this message. */
  readonly error?: FromTurn<string>
  readonly reasoning?: { readonly title: string; readonly description?: string }
  /** How long the call takes. @defaultValue 600, or what `during` takes */
  readonly ms?: number
  /** What happens between request and result: a summarizer streams its text here. */
  readonly during?: StepList
  /** `false`: more happens in this node, so the task does not report it as executed yet. @defaultValue true, false for a failed call */
  readonly completesNode?: boolean
  /** `false`: the frames do not say which node calls, as the service may. @defaultValue true */
  readonly namesNode?: boolean
  /** `false`: no result ever comes. @defaultValue true */
  readonly answered?: boolean
}

export interface ReasoningOptions {
  readonly title?: string
  readonly thought?: string
  readonly analysis?: string
  readonly action?: string
  readonly result?: string
  readonly confidence?: number
}

export interface TextOptions {
  /** Time between two pieces. @defaultValue 40 */
  readonly everyMs?: number
  /** Characters in a piece. @defaultValue 12 */
  readonly pieceLength?: number
}

export interface SubAgentOptions {
  /** @defaultValue the node's `agentId` */
  readonly agentId?: string
  /** What the agent is asked. @defaultValue the turn's text */
  readonly query?: FromTurn<string>
  readonly reasoning?: { readonly title: string; readonly description?: string }
  /** What the agent does, in a task of its own. */
  readonly run: FromTurn<StepList>
  /** `false`: the child's frames stay away from the parent's stream; only `sub_executions` tells of it. @defaultValue true */
  readonly isForwarded?: boolean
}

export interface SignInOptions {
  /** Where the user signs in. @defaultValue an address at auth.example.com */
  readonly url?: string
  readonly serverName?: string
  readonly serverUrl?: string
  /** Name of the connector in `pending_eca_request`. @defaultValue `serverName` */
  readonly connector?: string
}

export interface ApprovalOptions {
  /** Played when the approver says no. @defaultValue the run fails */
  readonly rejected?: StepList
}

export interface FinishOptions {
  /** @defaultValue counted from the texts that went in and out */
  readonly tokens?: { readonly prompt: number; readonly completion: number }
}

/** One thing that happens in a run. Made by the builders (`toolCall()`, `text()`, ...). */
export type Step =
  | ({ readonly kind: 'toolCall'; readonly node: string | null } & ToolCallOptions)
  | { readonly kind: 'think' | 'analyze'; readonly content: FromTurn<string | ReasoningOptions> }
  | ({ readonly kind: 'text'; readonly content: FromTurn<string> } & TextOptions)
  | { readonly kind: 'parallel'; readonly branches: readonly StepList[] }
  | ({ readonly kind: 'subAgent'; readonly node: string | null } & SubAgentOptions)
  | { readonly kind: 'plan'; readonly titles: readonly string[]; readonly done: number }
  | ({ readonly kind: 'signIn' } & SignInOptions)
  | ({ readonly kind: 'waitForApproval'; readonly node: string } & ApprovalOptions)
  | { readonly kind: 'executed'; readonly node: string }
  | { readonly kind: 'update'; readonly fields: FromTurn<Partial<WireTask>> }
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'event'; readonly event: FromTurn<{ readonly type: string; readonly data?: unknown }> }
  | { readonly kind: 'fail'; readonly message: FromTurn<string>; readonly status: 'failed' | 'error' }
  | ({ readonly kind: 'finish'; readonly result: unknown } & FinishOptions)
