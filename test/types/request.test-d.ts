import { describe, expectTypeOf, it } from 'vitest'
import { createWorkflowClient, useWorkflowStream } from 'use-workflow-stream'
import type { SubmitRequest, WorkflowRequest, WorkflowRequestFields } from 'use-workflow-stream'

const fields = {
  payloadExtension: { region: 'eu' },
  parentExecutionId: 'task',
  workerId: 'worker',
  source: 'web',
  outputFormat: 'json',
  outputSchema: { type: 'object' },
  runLocally: false,
  additionalContext: 'They are on the old plan.',
  instructionsOverride: 'Be brief.',
  testRunNodeId: 'node',
  expectedOutput: 'A table',
  eventsStreaming: true,
  mcpServers: [{ type: 'remote', name: 'docs', url: 'https://mcp.example.com' }],
  triggeringAgentId: 'agent',
  title: 'Report',
  thinkMode: 'harder',
  disableAttachmentInjection: true,
  userTokens: { docs: 'token' },
  userOidcToken: 'token',
  returnMetrics: true,
  llmModelProvider: 'provider',
  llmModelName: 'model',
  llmReasoningEffort: 'xhigh',
  extra: { max_tokens: 100 },
} satisfies Required<WorkflowRequestFields>

type SnakeCase<Name extends string> =
  Name extends `${infer First}${infer Rest}` ? `${First extends Lowercase<First> ? First : `_${Lowercase<First>}`}${SnakeCase<Rest>}` : ''

describe('the body of an invoke', () => {
  it('takes every documented field in camelCase', () => {
    // The rows of xpander-api.md 4 that are neither `input` nor `id`.
    expectTypeOf<SnakeCase<keyof Omit<WorkflowRequestFields, 'extra'>>>().toEqualTypeOf<
      | 'payload_extension' | 'parent_execution_id' | 'worker_id' | 'source' | 'output_format' | 'output_schema' | 'run_locally'
      | 'additional_context' | 'instructions_override' | 'test_run_node_id' | 'expected_output' | 'events_streaming' | 'mcp_servers'
      | 'triggering_agent_id' | 'title' | 'think_mode' | 'disable_attachment_injection' | 'user_tokens' | 'user_oidc_token'
      | 'return_metrics' | 'llm_model_provider' | 'llm_model_name' | 'llm_reasoning_effort'
    >()
  })

  it('takes them in a submit, as its overrides, and as the hook\'s defaults', () => {
    const run = useWorkflowStream({ workflowId: 'flow', version: 3, request: { ...fields, input: { user: { email: 'ada@example.com' } } } })

    run.submit('Hi', { ...fields, version: 'draft' })
    createWorkflowClient().submit({ ...fields, workflowId: 'flow', version: 1, taskId: 'task', input: 'Hi' })
    expectTypeOf<SubmitRequest>().toExtend<WorkflowRequest>()
  })

  it('refuses the wire\'s own spelling', () => {
    const client = createWorkflowClient()
    const { submit } = useWorkflowStream({ workflowId: 'flow' })

    // @ts-expect-error it is outputFormat
    client.submit({ workflowId: 'flow', input: 'Hi', output_format: 'json' })
    // @ts-expect-error it is taskId
    client.submit({ workflowId: 'flow', input: 'Hi', id: 'task' })
    // @ts-expect-error it is workflowId
    client.submit({ workflow_id: 'flow', input: 'Hi' })
    // @ts-expect-error it is firstName
    client.submit({ workflowId: 'flow', input: { text: 'Hi', user: { email: 'ada@example.com', first_name: 'Ada' } } })
    // @ts-expect-error it is thinkMode
    submit('Hi', { think_mode: 'harder' })
    // @ts-expect-error it is additionalContext
    useWorkflowStream({ workflowId: 'flow', request: { additional_context: 'None.' } })
  })

  it('refuses other values', () => {
    const { submit } = useWorkflowStream({ workflowId: 'flow' })

    // @ts-expect-error there is no such format
    submit('Hi', { outputFormat: 'html' })
    // @ts-expect-error it is default or harder
    submit('Hi', { thinkMode: 'hard' })
    // @ts-expect-error it is low, medium, high or xhigh
    submit('Hi', { llmReasoningEffort: 'none' })
    // @ts-expect-error it is a list
    submit('Hi', { mcpServers: { type: 'remote' } })
    // @ts-expect-error never set from a browser
    submit({ text: 'Hi', user: { email: 'ada@example.com', isSuperAdmin: true } })
  })
})
