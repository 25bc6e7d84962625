import type { TaskStatus } from '../protocol/task.ts'

/** One event of the stream as the service sends it. */
export interface WireFrame {
  readonly type: string
  readonly task_id: string
  readonly organization_id: string
  readonly time: string
  readonly data: unknown
}

/** The end user of a run, as a task record holds it. */
export interface WireUser {
  readonly id: string | null
  readonly email: string
  readonly first_name: string | null
  readonly last_name: string | null
  readonly display_name: string
  readonly additional_attributes: Readonly<Record<string, unknown>>
  readonly role: string
  readonly is_super_admin: boolean
  readonly timezone: string | null
}

/** The deep-planning list of a task, whole each time it is sent. */
export interface WirePlan {
  readonly enabled: boolean
  readonly enforce: boolean
  readonly started: boolean
  readonly question_raised: boolean
  readonly tasks: readonly { readonly id: string; readonly title: string; readonly completed: boolean }[]
}

/** The body fields of an invoke that a task record gives back, secrets included, as the service does. */
export interface WireEchoes {
  readonly payload_extension: Readonly<Record<string, unknown>> | null
  readonly source: string | null
  readonly worker_id: string | null
  readonly title: string | null
  readonly triggering_agent_id: string | null
  readonly additional_context: string | null
  readonly instructions_override: string | null
  readonly expected_output: string | null
  readonly test_run_node_id: string | null
  readonly output_format: string
  readonly output_schema: Readonly<Record<string, unknown>> | null
  readonly events_streaming: boolean
  readonly mcp_servers: readonly Readonly<Record<string, unknown>>[]
  readonly think_mode: string
  readonly disable_attachment_injection: boolean
  readonly user_tokens: Readonly<Record<string, unknown>> | null
  readonly user_oidc_token: string | null
  readonly return_metrics: boolean
  readonly llm_model_provider: string | null
  readonly llm_model_name: string | null
  readonly llm_reasoning_effort: string | null
}

/** A task record in its full shape: what `GET /v1/tasks/{id}` answers and what `task_*` events carry. */
export interface WireTask extends WireEchoes {
  readonly id: string
  /** The workflow's id for a run of a workflow, the agent's for a child run. */
  readonly agent_id: string
  readonly organization_id: string
  readonly input: { readonly text: string; readonly files: readonly string[]; readonly user: WireUser | null }
  readonly status: TaskStatus
  readonly internal_status: string | null
  readonly last_executed_node_id: string | null
  readonly agent_version: string | null
  readonly created_at: string
  readonly started_at: string | null
  readonly paused_at: string | null
  readonly finished_at: string | null
  readonly result: string | null
  readonly parent_execution: string | null
  readonly sub_executions: readonly string[]
  readonly finished_sub_executions: readonly string[]
  readonly is_manually_stopped: boolean
  readonly hitl_request: Readonly<Record<string, unknown>> | null
  readonly pending_eca_request: { readonly connector_name: string; readonly auth_url: string } | null
  readonly is_orchestration: boolean
  readonly voice_id: string | null
  readonly used_mutating_tools: boolean
  readonly is_continuous: boolean
  readonly deep_planning: WirePlan
  readonly execution_attempts: number
  readonly tokens: { readonly completion_tokens: number; readonly prompt_tokens: number; readonly total_tokens: number } | null
}

/** A message of a task's thread. */
export interface WireMessage {
  readonly id: string
  readonly role: 'user' | 'assistant' | 'system' | 'tool'
  readonly content: string
  /** Unix seconds. */
  readonly created_at: number
  readonly tool_calls: readonly unknown[] | null
  readonly metrics: Readonly<Record<string, number>> | null
}

/** A node as `GET /v1/workflows/{id}/nodes` lists it. */
export interface WireNode {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly next_node_ids: readonly string[]
  readonly asset_id: string | null
  readonly connection_id: string | null
  readonly operation_id: string | null
  readonly target_agent_id: string | null
}

/** The route from a classifier or guardrail into a node: it stands on the node that it leads to. */
export interface WireCondition {
  readonly type: 'regex' | 'contains' | 'else' | 'equal' | 'not_equal' | 'gt' | 'lt' | 'gte' | 'lte' | 'not_empty'
  readonly term: string | null
  readonly group_id: string | null
  readonly path: string | null
  readonly value: unknown
}

/** A node as `GET /v1/workflows/{id}` holds it in `orchestration_nodes`. */
export interface WireCanvasNode {
  readonly id: string
  readonly type: string
  readonly name: string
  readonly description: string | null
  readonly next_node_ids: readonly string[]
  readonly condition: WireCondition | null
  readonly retry_strategy: { readonly enabled: boolean; readonly max_retries: number }
  readonly iterative_strategy: { readonly enabled: boolean; readonly max_iterations: number; readonly end_condition: WireCondition | null }
  readonly stop_strategy: { readonly enabled: boolean; readonly stop_on_failure: boolean; readonly stop_on_condition: WireCondition | null }
  readonly definition: Readonly<Record<string, unknown>>
  readonly input_type: string
  readonly input_schema: Readonly<Record<string, unknown>> | null
  readonly input_instructions: string | null
  readonly agentic_context_input_instructions: string | null
  readonly agentic_context_output_instructions: string | null
  readonly return_this: boolean
}
