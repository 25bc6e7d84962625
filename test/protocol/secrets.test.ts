import { describe, expect, it } from 'vitest'
import { decodeEvent, decodeMessage } from '../../src/protocol/decodeEvent.ts'
import { credentialsIn, withoutSecrets } from '../../src/protocol/secrets.ts'
import { decodeTask } from '../../src/protocol/task.ts'
import { decodeThread } from '../../src/protocol/thread.ts'

const names = [
  'user_tokens',
  'user_oidc_token',
  'access_token',
  'refresh_token',
  'client_secret',
  'api_key',
  'llm_credentials',
  'llm_extra_headers',
  'userTokens',
  'userOidcToken',
  'accessToken',
  'refreshToken',
  'clientSecret',
  'apiKey',
  'llmCredentials',
  'llmExtraHeaders',
]
const mcpNames = ['headers', 'env_vars', 'envVars', 'keys', 'key', 'secret_key']

/** The same secret in each shape that a field may have. */
const shapes: readonly unknown[] = ['s3cret', { of: 's3cret' }, ['s3cret'], { deep: [{ er: 's3cret' }] }]

const frame = (type: string, data: unknown): object => ({ type, task_id: 'task-1', time: '2026-05-13T10:12:04Z', data })

/** Frames that have the field at every place where the service could echo it. */
const placesOf = (secret: Readonly<Record<string, unknown>>): readonly object[] => [
  { ...frame('chunk', 'text'), ...secret },
  frame('task_created', { id: 'task-1', status: 'pending', ...secret }),
  frame('task_updated', { id: 'task-1', input: { text: 'Hi', user: secret } }),
  frame('task_finished', { id: 'task-1', status: 'completed', result: { answer: 1, ...secret } }),
  frame('tool_call_request', { tool_call_id: 'c', payload: { ok: 1, list: [1, secret], ...secret } }),
  frame('tool_call_result', { tool_call_id: 'c', result: [secret, { a: { b: { c: secret } } }] }),
  frame('sub_agent_trigger', { agent_id: 'a', reasoning: { title: 'T', ...secret } }),
  frame('think', { title: 'T', ...secret }),
  frame('analyze', { tool_name: 'analyze', payload: { title: 'T', result: { ...secret } } }),
  frame('plan_updated', { tasks: [{ id: 'p', title: 'T', ...secret }] }),
  frame('auth_event', { type: 'token_ready', data: secret }),
  frame('task_compactization', { type: 'summarization', data: secret }),
  frame('connected', secret),
  frame('turn_started', { turn: 1, ...secret }),
  frame('turn_finished', { turn: 1, result: secret }),
  { type: 'error', error: { message: 'lost', ...secret } },
  frame('never_seen', secret),
  frame('plan_updated', { tasks: secret }),
  frame('task_updated', [secret]),
  { no: 'kind', ...secret },
  { id: 'task-1', status: 'completed', ...secret },
  { type: 'task_completed', task_id: 'task-1', result: 'R', ...secret },
]

describe('secrets that the service echoes', () => {
  it.each(names)('lets no %s into an event, wherever it stands', (name) => {
    for (const shape of shapes) {
      for (const place of placesOf({ [name]: shape })) {
        const sent = JSON.stringify(place)

        expect(sent).toContain('s3cret')
        expect(JSON.stringify(decodeEvent(place)), sent).not.toContain('s3cret')
        expect(JSON.stringify(decodeMessage(sent)), sent).not.toContain('s3cret')
      }
    }
  })

  it.each([...names, ...mcpNames])('lets no %s of an MCP server into an event', (name) => {
    for (const servers of ['mcp_servers', 'mcpServers']) {
      for (const place of placesOf({ [servers]: [{ name: 'docs', [name]: { authorization: 's3cret' }, more: { [name]: 's3cret' } }] })) {
        expect(JSON.stringify(decodeEvent(place)), JSON.stringify(place)).not.toContain('s3cret')
      }
    }
  })

  it('lets none into a list that is no event, a task or a thread', () => {
    const secret = { api_key: 's3cret', mcp_servers: [{ headers: { a: 's3cret' } }] }

    expect(JSON.stringify(decodeEvent([secret]))).not.toContain('s3cret')
    expect(JSON.stringify(decodeTask({ id: 'task-1', result: secret, ...secret }))).not.toContain('s3cret')
    expect(JSON.stringify(decodeThread([{ id: 'm', role: 'tool', content: 'x', tool_calls: [secret], ...secret }]))).not.toContain('s3cret')
  })

  it.each(names)('finds %s also when its letters are escaped or in another case', (name) => {
    for (const sent of [name, name.toUpperCase()]) {
      const escaped = sent.replace(/./g, (letter) => `\\u00${letter.charCodeAt(0).toString(16)}`)

      expect(JSON.stringify(decodeMessage(`{"type":"never_seen","data":{"${escaped}":"s3cret"}}`))).not.toContain('s3cret')
    }
  })

  it('finds them after any number of names that it has never seen', () => {
    const ordinary = Object.fromEntries(Array.from({ length: 2000 }, (_, at) => [`name_${at}`, at]))
    decodeEvent(ordinary)

    for (const name of names) expect(withoutSecrets({ ...ordinary, [name]: 's3cret', [`${name}_x`]: 1 })).toEqual({ ...ordinary, [`${name}_x`]: 1 })
  })
})

describe('withoutSecrets', () => {
  it('keeps what stands beside a secret', () => {
    const value = { a: [1, { api_key: 's', b: 2 }], mcp_servers: [{ name: 'docs', url: 'https://m.example', headers: {} }], c: null }

    expect(withoutSecrets(value)).toEqual({ a: [1, { b: 2 }], mcp_servers: [{ name: 'docs', url: 'https://m.example' }], c: null })
  })

  it('answers the same reference when there is nothing to drop', () => {
    const value = { a: [1, { b: [] }], mcp_servers: [{ name: 'docs' }], headers: { keys: 1 }, tokens: { total_tokens: 3 } }

    expect(withoutSecrets(value)).toBe(value)
  })

  it('copies only the branches that held a secret', () => {
    const value = { clean: { a: [1] }, dirty: { api_key: 's' } }

    const kept = withoutSecrets(value)

    expect(kept.clean).toBe(value.clean)
    expect(value.dirty).toEqual({ api_key: 's' })
  })

  const ordinary = ['headers', 'env_vars', 'keys', 'tokens', 'token_count', 'prompt_tokens', 'credentials', 'auth_url']

  it.each(ordinary)('keeps the ordinary word %s', (name) => {
    const value = { [name]: 1 }

    expect(withoutSecrets(value)).toBe(value)
  })

  it('keeps places in a list', () => {
    expect(JSON.stringify(withoutSecrets([1, { api_key: 's' }, 3]))).toBe('[1,{},3]')
  })

  it('changes no prototype, whatever the keys are', () => {
    const value = JSON.parse('{"__proto__":{"polluted":1,"api_key":"s"},"constructor":{"prototype":{"polluted":1,"api_key":"s"}},"api_key":"s"}') as object

    const kept = withoutSecrets(value)

    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype)
    expect(JSON.stringify(kept)).toBe('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    expect({}).not.toHaveProperty('polluted')
  })

  it.each([
    ['[', ']'],
    ['{"a":', '}'],
  ])('cuts off what is nested 10,000 levels deep in %s', (open, close) => {
    const deep = JSON.parse(`${open.repeat(10_000)}{"api_key":"s3cret"}${close.repeat(10_000)}`) as unknown

    const kept = withoutSecrets({ deep, beside: 1 })

    expect(kept.beside).toBe(1)
    expect(JSON.stringify(kept)).not.toContain('s3cret')
  })

  it('keeps 100 levels', () => {
    const value: unknown = JSON.parse(`${'{"a":'.repeat(100)}1${'}'.repeat(100)}`)

    expect(withoutSecrets(value)).toBe(value)
  })

  it.each([undefined, null, 7, 'api_key', true])('answers %j as it is', (value) => {
    expect(withoutSecrets(value)).toBe(value)
  })
})

describe('credentialsIn', () => {
  it.each<[string, unknown]>([
    ['a key', { headers: { 'x-api-key': 's3cret-word' } }],
    ['a scheme and a token', { headers: { authorization: 'Bearer s3cret-word' } }],
    ['tokens by name', { user_tokens: { jira: 's3cret-word' } }],
    ['one token', { user_oidc_token: 's3cret-word' }],
    ['headers of an MCP server', { mcp_servers: [{ name: 'documents', headers: { Authorization: 'Basic s3cret-word', accept: 'text/plain' } }] }],
    ['its environment', { mcp_servers: [{ url: 'https://m.example', env_vars: { DATABASE: 's3cret-word' } }] }],
    ['what it signs in with', { mcp_servers: [{ client_id: 'client-1', client_secret: 's3cret-word', auth_type: 'custom_headers' }] }],
    ['what the vendor does not document', { llm_credentials: { value: 's3cret-word' } }],
    ['names in camelCase', { payload_extension: { accessToken: 's3cret-word' } }],
  ])('finds %s', (_, request) => {
    expect(credentialsIn(request)).toEqual(['s3cret-word'])
  })

  it.each<unknown>([
    { headers: { accept: 'text/event-stream', 'content-type': 'application/json', 'x-tenant': 'some-tenant' } },
    { input: { text: 'My token is s3cret-word', user: { email: 'somebody@a.example' } }, title: 'Quarterly', output_format: 'markdown' },
    { author: 'Christopher', keywords: ['insurance'], max_tokens_used: 'unlimited' },
    // Too short, too many words, or no text: to look for it would hide what is none.
    { token: 'abcdefg', secret: 'in more words than two', api_key: 12345678 },
    undefined,
    null,
  ])('finds nothing in %j', (request) => {
    expect(credentialsIn(request)).toEqual([])
  })
})
