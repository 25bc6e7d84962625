/** The end user of a run. `email` is required by the service; never set `is_super_admin` from a browser. */
export interface WorkflowInputUser {
  readonly email: string
  readonly id?: string | undefined
  readonly firstName?: string | undefined
  readonly lastName?: string | undefined
  readonly additionalAttributes?: Readonly<Record<string, unknown>> | undefined
  readonly role?: string | undefined
  readonly timezone?: string | undefined
}

/** Text, files that the platform can fetch, or both. */
export interface WorkflowInput {
  readonly text?: string | undefined
  readonly files?: readonly string[] | undefined
  readonly user?: WorkflowInputUser | undefined
}

/** One MCP server of the run, in the vendor's own spelling (xpander-api.md 4). */
export type McpServer = Readonly<Record<string, unknown>>

/** The documented optional body fields of an invoke, in camelCase (xpander-api.md 4). Fields left out are not sent. */
export interface WorkflowRequestFields {
  readonly payloadExtension?: Readonly<Record<string, unknown>> | null | undefined
  readonly parentExecutionId?: string | null | undefined
  readonly workerId?: string | null | undefined
  readonly source?: string | null | undefined
  readonly outputFormat?: 'text' | 'markdown' | 'json' | 'voice' | null | undefined
  readonly outputSchema?: Readonly<Record<string, unknown>> | null | undefined
  readonly runLocally?: boolean | undefined
  readonly additionalContext?: string | null | undefined
  readonly instructionsOverride?: string | null | undefined
  readonly testRunNodeId?: string | null | undefined
  readonly expectedOutput?: string | null | undefined
  readonly eventsStreaming?: boolean | undefined
  readonly mcpServers?: readonly McpServer[] | undefined
  readonly triggeringAgentId?: string | null | undefined
  readonly title?: string | null | undefined
  readonly thinkMode?: 'default' | 'harder' | undefined
  readonly disableAttachmentInjection?: boolean | undefined
  readonly userTokens?: Readonly<Record<string, unknown>> | null | undefined
  readonly userOidcToken?: string | null | undefined
  readonly returnMetrics?: boolean | undefined
  readonly llmModelProvider?: string | null | undefined
  readonly llmModelName?: string | null | undefined
  readonly llmReasoningEffort?: 'low' | 'medium' | 'high' | 'xhigh' | null | undefined
  /** Fields that the service takes and this list does not have, in the vendor's spelling. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined
}

/** What one invoke sends. */
export interface WorkflowRequest extends WorkflowRequestFields {
  readonly workflowId: string
  /** Version to run. @defaultValue the latest deployed one */
  readonly version?: string | number | undefined
  /** Task to continue. Left out: a new conversation. */
  readonly taskId?: string | undefined
  readonly input: string | WorkflowInput
}
