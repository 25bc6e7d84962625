import type { Scenario } from './scenario.ts'
import type { WireEchoes, WirePlan, WireTask, WireUser } from './wire.ts'
import type { World } from './world.ts'

/** A task record that can change; what leaves the simulator is a copy. */
export type TaskRecord = { -readonly [Name in keyof WireTask]: WireTask[Name] }

/** The body of an invoke after validation: fields as sent. */
export interface InvokeBody {
  readonly id?: string | null
  readonly input: { readonly text?: string | null; readonly files?: readonly string[] | null; readonly user?: Partial<WireUser> | null }
  readonly parent_execution_id?: string | null
  readonly [name: string]: unknown
}

/** What a record takes from where it is made. */
export type RecordWorld = Pick<World, 'organizationId' | 'timestamp'>

/** What a workflow sets where the request does not. */
export type OutputDefaults = Pick<Scenario, 'outputFormat' | 'outputSchema'>

/** A fresh record for the first turn of a task. */
export function createTaskRecord(world: RecordWorld, id: string, agentId: string, body: InvokeBody, defaults: OutputDefaults, version: string): TaskRecord {
  return { id, agent_id: agentId, organization_id: world.organizationId, ...turnFields(world, body, defaults, version) }
}

/** A later turn updates the record in place: what belongs to a turn starts anew, ids and children stay. */
export function beginNextTurn(record: TaskRecord, world: RecordWorld, body: InvokeBody, defaults: OutputDefaults, version: string): void {
  const { sub_executions, finished_sub_executions } = record
  Object.assign(record, turnFields(world, body, defaults, version), { sub_executions, finished_sub_executions })
}

const noPlan: WirePlan = { enabled: false, enforce: false, started: false, question_raised: false, tasks: [] }

function turnFields(world: RecordWorld, body: InvokeBody, defaults: OutputDefaults, version: string): Omit<TaskRecord, 'id' | 'agent_id' | 'organization_id'> {
  return {
    input: { text: body.input.text ?? '', files: body.input.files ?? [], user: toWireUser(body.input.user ?? null) },
    status: 'pending',
    internal_status: null,
    last_executed_node_id: null,
    agent_version: version,
    created_at: world.timestamp(),
    started_at: null,
    paused_at: null,
    finished_at: null,
    result: null,
    parent_execution: body.parent_execution_id ?? null,
    sub_executions: [],
    finished_sub_executions: [],
    is_manually_stopped: false,
    hitl_request: null,
    pending_eca_request: null,
    is_orchestration: true,
    voice_id: null,
    used_mutating_tools: false,
    is_continuous: false,
    deep_planning: noPlan,
    execution_attempts: 1,
    tokens: null,
    ...echoesOf(body, defaults),
  }
}

function echoesOf(body: InvokeBody, { outputFormat, outputSchema }: OutputDefaults): WireEchoes {
  const defaults: WireEchoes = {
    payload_extension: null,
    source: 'api',
    worker_id: null,
    title: null,
    triggering_agent_id: null,
    additional_context: null,
    instructions_override: null,
    expected_output: null,
    test_run_node_id: null,
    output_format: outputFormat ?? 'text',
    output_schema: outputSchema ?? null,
    events_streaming: false,
    mcp_servers: [],
    think_mode: 'default',
    disable_attachment_injection: false,
    user_tokens: null,
    user_oidc_token: null,
    return_metrics: false,
    llm_model_provider: null,
    llm_model_name: null,
    llm_reasoning_effort: null,
  }
  const sent = Object.keys(defaults).flatMap((name) => (body[name] === undefined || body[name] === null ? [] : [[name, body[name]]]))
  return { ...defaults, ...(Object.fromEntries(sent) as Partial<WireEchoes>) }
}

function toWireUser(user: Partial<WireUser> | null): WireUser | null {
  if (user === null) return null
  const email = user.email ?? ''
  return {
    id: null,
    first_name: null,
    last_name: null,
    role: 'member',
    is_super_admin: false,
    timezone: null,
    ...user,
    email,
    additional_attributes: user.additional_attributes ?? {},
    display_name: [user.first_name, user.last_name].filter(Boolean).join(' ') || email,
  }
}
