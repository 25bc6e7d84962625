import { describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { encodeRequest, type WorkflowRequest } from '../../src/protocol/request.ts'

const base = { workflowId: 'workflow-1', input: 'Hi' }
const bodyOf = (request: WorkflowRequest): unknown => JSON.parse(encodeRequest(request).body)

const refusal = (request: unknown): WorkflowError => {
  try {
    encodeRequest(request as WorkflowRequest)
  } catch (error) {
    if (error instanceof WorkflowError) return error
    throw error
  }
  throw new Error('It was not refused')
}

describe('the path', () => {
  it('has the workflow', () => {
    expect(encodeRequest(base).path).toBe('/v1/workflows/workflow-1/invoke/stream')
  })

  it('encodes what the id holds', () => {
    expect(encodeRequest({ ...base, workflowId: 'a b/../?c#d' }).path).toBe('/v1/workflows/a%20b%2F..%2F%3Fc%23d/invoke/stream')
  })

  it.each([
    [3, '?version=3'],
    ['draft', '?version=draft'],
    ['1&a=b', '?version=1%26a%3Db'],
    [undefined, ''],
  ])('has the version %j as %j', (version, query) => {
    expect(encodeRequest({ ...base, version }).path).toBe(`/v1/workflows/workflow-1/invoke/stream${query}`)
  })
})

describe('the body', () => {
  it('of a text is that text and nothing else', () => {
    expect(encodeRequest(base).body).toBe('{"input":{"text":"Hi"}}')
  })

  it('names the task that it continues', () => {
    expect(encodeRequest({ ...base, taskId: 'task-1' }).body).toBe('{"input":{"text":"Hi"},"id":"task-1"}')
  })

  it.each([{ text: 'Hi' }, { text: 'Hi', files: ['https://a.example/f.pdf'] }, { files: ['https://a.example/f.pdf'] }, { text: '', files: ['a'] }])(
    'holds the input %j as it is',
    (input) => {
      expect(bodyOf({ ...base, input })).toEqual({ input })
    },
  )

  it('has every documented field of xpander-api.md 4 under its name on the wire', () => {
    const request: Required<WorkflowRequest> = {
      workflowId: 'workflow-1',
      version: 3,
      taskId: 'task-1',
      input: 'Hi',
      payloadExtension: { camelCase: { innerCase: 1 } },
      parentExecutionId: 'task-0',
      workerId: 'worker-1',
      source: 'web',
      outputFormat: 'json',
      outputSchema: { type: 'object', additionalProperties: false },
      runLocally: true,
      additionalContext: 'It is Monday',
      instructionsOverride: 'Be brief',
      testRunNodeId: 'node-1',
      expectedOutput: 'A list',
      eventsStreaming: true,
      mcpServers: [{ name: 'docs', authType: 'none' }],
      triggeringAgentId: 'agent-1',
      title: 'Ticket',
      thinkMode: 'harder',
      disableAttachmentInjection: true,
      userTokens: { serviceName: 'x' },
      userOidcToken: 'y',
      returnMetrics: true,
      llmModelProvider: 'openai',
      llmModelName: 'gpt',
      llmReasoningEffort: 'xhigh',
      extra: { brand_new: 1, alsoNew: { a: 1 } },
    }

    expect(bodyOf(request)).toEqual({
      input: { text: 'Hi' },
      id: 'task-1',
      payload_extension: { camelCase: { innerCase: 1 } },
      parent_execution_id: 'task-0',
      worker_id: 'worker-1',
      source: 'web',
      output_format: 'json',
      output_schema: { type: 'object', additionalProperties: false },
      run_locally: true,
      additional_context: 'It is Monday',
      instructions_override: 'Be brief',
      test_run_node_id: 'node-1',
      expected_output: 'A list',
      events_streaming: true,
      mcp_servers: [{ name: 'docs', authType: 'none' }],
      triggering_agent_id: 'agent-1',
      title: 'Ticket',
      think_mode: 'harder',
      disable_attachment_injection: true,
      user_tokens: { serviceName: 'x' },
      user_oidc_token: 'y',
      return_metrics: true,
      llm_model_provider: 'openai',
      llm_model_name: 'gpt',
      llm_reasoning_effort: 'xhigh',
      brand_new: 1,
      alsoNew: { a: 1 },
    })
  })

  it('names the fields of the user as the service does, and leaves attributes alone', () => {
    const user = {
      email: 'ada@a.example',
      id: 'user-1',
      firstName: 'Ada',
      lastName: 'L',
      timezone: 'Europe/London',
      role: 'member',
      additionalAttributes: { favouriteColour: { innerCase: 'red' } },
    }

    expect(bodyOf({ ...base, input: { text: 'Hi', user } })).toEqual({
      input: {
        text: 'Hi',
        user: {
          email: 'ada@a.example',
          id: 'user-1',
          first_name: 'Ada',
          last_name: 'L',
          timezone: 'Europe/London',
          role: 'member',
          additional_attributes: { favouriteColour: { innerCase: 'red' } },
        },
      },
    })
  })

  it('CONFLICT "one agent page demands id and email for every call (workflow pages do not)": needs neither user nor user id', () => {
    const input = { text: 'Hi', user: { email: 'ada@a.example' } }

    expect(bodyOf({ ...base, input })).toEqual({ input })
    expect(bodyOf({ ...base, input: { text: 'Hi', user: undefined } })).toEqual({ input: { text: 'Hi' } })
  })

  it('CONFLICT "events_streaming [...] the client sends it only when the caller sets it"', () => {
    expect(bodyOf(base)).not.toHaveProperty('events_streaming')
    expect(bodyOf({ ...base, eventsStreaming: false })).toHaveProperty('events_streaming', false)
  })

  it('CONFLICT "treat the short list as the safe core, allow the rest through an extra bag"', () => {
    expect(bodyOf({ ...base, extra: { use_cache: true } })).toEqual({ input: { text: 'Hi' }, use_cache: true })
  })

  it('CONFLICT "an older page lets the caller invent a UUID for the first turn [...] offer it as an option"', () => {
    const taskId = '6f1c0a52-2f5e-4f7e-9a53-0b8f5d7c1a11'

    expect(bodyOf({ ...base, taskId })).toHaveProperty('id', taskId)
  })

  it('sends null where null was set, and leaves out what is undefined', () => {
    const request = { ...base, title: null, source: undefined, taskId: undefined, extra: { worker_id: undefined } }

    expect(bodyOf(request)).toEqual({ input: { text: 'Hi' }, title: null })
  })

  it('lets a field win over the same one in extra, unless it is undefined', () => {
    const extra = { think_mode: 'default', title: 'extra', source: 'extra', input: { text: 'no' }, id: 'no' }

    expect(bodyOf({ ...base, taskId: 'task-1', thinkMode: 'harder', title: null, source: undefined, extra })).toEqual({
      input: { text: 'Hi' },
      id: 'task-1',
      think_mode: 'harder',
      title: null,
      source: 'extra',
    })
  })

  it('never holds what is for the client', () => {
    const request = { ...base, schema: { '~standard': {} }, whenBusy: 'queue' }

    expect(encodeRequest(request).body).toBe('{"input":{"text":"Hi"}}')
  })

  it('takes __proto__ in extra as a field like any other', () => {
    const extra = JSON.parse('{"__proto__":{"a":1}}') as Record<string, unknown>

    expect(encodeRequest({ ...base, extra }).body).toBe('{"input":{"text":"Hi"},"__proto__":{"a":1}}')
  })

  it('does not change the request', () => {
    const user = Object.freeze({ email: 'a', firstName: 'A' })
    const request = Object.freeze({ ...base, input: Object.freeze({ text: 'Hi', user }), extra: Object.freeze({ a: 1 }) })

    expect(() => encodeRequest(request)).not.toThrow()
  })
})

describe('misuse', () => {
  it.each<[object, RegExp]>([
    [{ workflowId: undefined }, /`workflowId` must be the id/],
    [{ workflowId: null }, /`workflowId`/],
    [{ workflowId: 7 }, /`workflowId`/],
    [{ workflowId: '' }, /`workflowId`/],
    [{ workflowId: ' \n' }, /`workflowId`/],
    [{ workflowId: '.' }, /`workflowId`/],
    [{ workflowId: '..' }, /`workflowId`/],
    [{ taskId: '' }, /`taskId` must be the id of a task; leave it out/],
    [{ taskId: ' ' }, /`taskId`/],
    [{ taskId: '.' }, /`taskId`/],
    [{ taskId: '..' }, /`taskId`/],
    [{ taskId: 7 }, /`taskId`/],
    [{ input: undefined }, /`input` must be a text or an object: submit/],
    [{ input: null }, /`input`/],
    [{ input: 7 }, /`input`/],
    [{ input: ['Hi'] }, /`input`/],
    [{ input: '' }, /`input` must have `text` or `files`/],
    [{ input: {} }, /`text` or `files`/],
    [{ input: { text: '', files: [] } }, /`text` or `files`/],
    [{ input: { text: null, files: null } }, /`text` or `files`/],
    [{ input: { text: 7 } }, /`input.text` must be a string/],
    [{ input: { files: 'https://a.example' } }, /`input.files` must be a list/],
    [{ input: { text: 'Hi', files: [{}] } }, /`input.files`/],
    [{ input: { text: 'Hi', files: {} } }, /`input.files`/],
    [{ input: { text: 'Hi', user: {} } }, /`input.user` must have an `email`/],
    [{ input: { text: 'Hi', user: { email: '' } } }, /`input.user`/],
    [{ input: { text: 'Hi', user: { email: 7 } } }, /`input.user`/],
    [{ input: { text: 'Hi', user: 'ada@a.example' } }, /`input.user`/],
    [{ extra: 'text' }, /`extra` must be an object/],
    [{ extra: ['a'] }, /`extra`/],
  ])('is refused with what to write instead: %j', (wrong, message) => {
    const error = refusal({ ...base, ...wrong })

    expect(error).toMatchObject({ code: 'invalid_options', phase: 'submit', mayHaveStarted: false })
    expect(error.message).toMatch(message)
  })

  it.each<[string, () => unknown]>([
    ['a bigint', () => 1n],
    [
      'a cycle',
      () => {
        const cycle: Record<string, unknown> = {}
        cycle.self = cycle
        return cycle
      },
    ],
    [
      'a value that throws',
      () => ({
        toJSON: () => {
          throw new Error('no')
        },
      }),
    ],
  ])('is refused with its cause: %s in extra', (_, value) => {
    const error = refusal({ ...base, extra: { value: value() } })

    expect(error).toMatchObject({ code: 'invalid_options', phase: 'submit' })
    expect(error.cause).toBeInstanceOf(Error)
  })

  it('is refused when the id holds half a character', () => {
    expect(refusal({ ...base, workflowId: 'a\ud800' })).toMatchObject({ code: 'invalid_options' })
  })

  it('puts nothing of the request into the message', () => {
    const error = refusal({ ...base, input: { text: 'Hi', user: { name: 's3cret' } }, userOidcToken: 's3cret' })

    expect(error.message).not.toContain('s3cret')
  })
})
