import type { ValidationIssue } from './answer.ts'
import type { InvokeBody } from './taskRecord.ts'

/** The body of an invoke, or what the service finds wrong with it, field by field. */
export function validateInvoke(bodyText: string, contentType: string | undefined): { readonly body: InvokeBody } | { readonly issues: readonly ValidationIssue[] } {
  if (bodyText === '') return { issues: [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }] }
  // The service reads a body of another type as bytes, not as fields.
  if (!/^application\/(?:[\w.-]+\+)?json\b/i.test(contentType ?? '')) return { issues: [notAn('object', ['body'], bodyText)] }
  let body: unknown
  try {
    body = JSON.parse(bodyText)
  } catch {
    return { issues: [{ type: 'json_invalid', loc: ['body', 0], msg: 'JSON decode error', input: {}, ctx: { error: 'Expecting value' } }] }
  }
  const issues = checkObject(body, fields, ['body'])
  if (issues.length === 0 && isEmptyInput((body as InvokeBody).input)) {
    issues.push({ type: 'value_error', loc: ['body', 'input'], msg: 'Value error, Either text or files must be provided', input: (body as InvokeBody).input, ctx: { error: {} } })
  }
  return issues.length > 0 ? { issues } : { body: body as InvokeBody }
}

type Location = readonly (string | number)[]
type Check = (value: unknown, loc: Location) => readonly ValidationIssue[]
interface Field {
  readonly check: Check
  readonly isRequired?: boolean
  /** Does null stand for "not set"? */
  readonly isNullable?: boolean
}

const isEmptyInput = ({ text, files }: InvokeBody['input']): boolean => !text && !(files && files.length > 0)

const words = { object: 'dictionary or object to extract fields from', dictionary: 'dictionary', string: 'string', list: 'list', boolean: 'boolean' } as const
const types = { object: 'model_attributes_type', dictionary: 'dict_type', string: 'string_type', list: 'list_type', boolean: 'bool_type' } as const

function notAn(kind: keyof typeof words, loc: Location, input: unknown): ValidationIssue {
  return { type: types[kind], loc, msg: `Input should be a valid ${words[kind]}`, input }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)

function checkObject(value: unknown, expected: Readonly<Record<string, Field>>, loc: Location): ValidationIssue[] {
  if (!isObject(value)) return [notAn('object', loc, value)]
  return Object.entries(expected).flatMap(([name, field]) => {
    const given = value[name]
    const at = [...loc, name]
    if (given === undefined) return field.isRequired === true ? [{ type: 'missing', loc: at, msg: 'Field required', input: value }] : []
    if (given === null && field.isNullable === true) return []
    return field.check(given, at)
  })
}

const string: Check = (value, loc) => (typeof value === 'string' ? [] : [notAn('string', loc, value)])
const boolean: Check = (value, loc) => (typeof value === 'boolean' ? [] : [notAn('boolean', loc, value)])
const dictionary: Check = (value, loc) => (isObject(value) ? [] : [notAn('dictionary', loc, value)])
const listOf =
  (check: Check): Check =>
  (value, loc) =>
    Array.isArray(value) ? value.flatMap((entry: unknown, index) => check(entry, [...loc, index])) : [notAn('list', loc, value)]
const objectOf =
  (expected: Readonly<Record<string, Field>>): Check =>
  (value, loc) =>
    checkObject(value, expected, loc)
const oneOf =
  (...allowed: readonly string[]): Check =>
  (value, loc) => {
    if (allowed.includes(value as string)) return []
    const quoted = allowed.map((word) => `'${word}'`)
    const expected = `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1) ?? ''}`
    return [{ type: 'enum', loc, msg: `Input should be ${expected}`, input: value, ctx: { expected } }]
  }

const required = (check: Check): Field => ({ check, isRequired: true })
const nullable = (check: Check): Field => ({ check, isNullable: true })
const plain = (check: Check): Field => ({ check })

const user: Readonly<Record<string, Field>> = {
  email: required(string),
  id: nullable(string),
  first_name: nullable(string),
  last_name: nullable(string),
  additional_attributes: nullable(dictionary),
  role: plain(string),
  is_super_admin: plain(boolean),
  timezone: nullable(string),
}

const fields: Readonly<Record<string, Field>> = {
  input: required(objectOf({ text: nullable(string), files: nullable(listOf(string)), user: nullable(objectOf(user)) })),
  id: nullable(string),
  payload_extension: nullable(dictionary),
  parent_execution_id: nullable(string),
  worker_id: nullable(string),
  source: nullable(string),
  output_format: nullable(oneOf('text', 'markdown', 'json', 'voice')),
  output_schema: nullable(dictionary),
  run_locally: plain(boolean),
  additional_context: nullable(string),
  instructions_override: nullable(string),
  test_run_node_id: nullable(string),
  expected_output: nullable(string),
  events_streaming: plain(boolean),
  mcp_servers: plain(listOf(dictionary)),
  triggering_agent_id: nullable(string),
  title: nullable(string),
  think_mode: plain(oneOf('default', 'harder')),
  disable_attachment_injection: plain(boolean),
  user_tokens: nullable(dictionary),
  user_oidc_token: nullable(string),
  return_metrics: plain(boolean),
  llm_model_provider: nullable(string),
  llm_model_name: nullable(string),
  llm_reasoning_effort: nullable(oneOf('low', 'medium', 'high', 'xhigh')),
}
