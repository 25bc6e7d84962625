import { WorkflowError } from '../errors.ts'
import { isFields, readText, type Fields } from './wire.ts'

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

/** Options of a submit that are not for the service. */
interface ForClient {
  readonly schema?: unknown
  readonly whenBusy?: unknown
}

/** What goes over the wire for one invoke: what the caller set and nothing else. Misuse throws `invalid_options`. */
export function encodeRequest(request: WorkflowRequest & ForClient): { readonly path: string; readonly body: string } {
  const { workflowId, version, taskId, input, extra, schema, whenBusy, ...rest } = request
  const workflow = pathPart(workflowId, '`workflowId` must be the id of a workflow')
  if (taskId != null) pathPart(taskId, '`taskId` must be the id of a task; leave it out for a new conversation')
  if (extra != null && !isFields(extra)) refuse('`extra` must be an object')
  const fields = encodeNames({ input: encodeInput(input), id: taskId, ...rest })
  try {
    const query = version == null ? '' : `?version=${encodeURIComponent(version)}`
    return {
      path: `/v1/workflows/${workflow}/invoke/stream${query}`,
      // The first copy keeps the input in front, the second wins over `extra`.
      body: JSON.stringify({ ...fields, ...extra, ...fields }),
    }
  } catch (cause) {
    return refuse('The request must be JSON', cause)
  }
}

function encodeInput(input: string | WorkflowInput): unknown {
  const fields: unknown = typeof input === 'string' ? { text: input } : input
  if (!isFields(fields)) return refuse('`input` must be a text or an object: submit({ text, files })')
  if ('nativeEvent' in fields) refuse("`input` is an event, because `submit` itself was given as its handler: write onClick={() => run.submit('...')}")
  const { text, files, user } = fields
  if (text != null && typeof text !== 'string') refuse('`input.text` must be a string')
  if (files != null && !(Array.isArray(files) && files.every((file) => typeof file === 'string'))) {
    refuse('`input.files` must be a list of addresses')
  }
  if (!text && !(files as readonly string[] | null | undefined)?.length) refuse('`input` must have `text` or `files`')
  if (user == null) return encodeNames(fields)
  if (!isFields(user) || !readText(user.email)) return refuse('`input.user` must have an `email`')
  return encodeNames({ ...fields, user: encodeNames(user) })
}

/** Only the names of these fields, those that are set: what is inside of them (attributes, schemas, payloads) is the caller's own. */
const encodeNames = (fields: Fields): Fields =>
  Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), value]),
  )

/** An id, to be put into a path. @throws WorkflowError `invalid_options` */
export function pathPart(id: unknown, message = 'The id of a task or workflow must be a text'): string {
  // `.` and `..` vanish from the path of a URL, and what is left names another route; half of a surrogate pair has no code.
  if (typeof id !== 'string' || /^(?:\s*|\.\.?)$|\p{Surrogate}/u.test(id)) return refuse(message)
  return encodeURIComponent(id)
}

function refuse(message: string, cause?: unknown): never {
  throw new WorkflowError('invalid_options', 'submit', message, { cause })
}
