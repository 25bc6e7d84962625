import { describe, expect, it } from 'vitest'
import { post, readFrames } from './readStream.ts'
import { serve } from './serve.ts'

describe('a refusal', () => {
  it.each(['/v1/workflows', '/v1/tasks', '/v1/tasks/x', '/v1/workflows/x/nodes'])('is 401 at %s without the key, and with a wrong one', async (path) => {
    const { get } = await serve({ apiKey: 'right' })

    const without = await get(path)
    const wrong = await get(path, { headers: { 'x-api-key': 'wrong' } })

    expect([without.status, wrong.status]).toEqual([401, 401])
    expect(await without.json()).toEqual({ detail: 'Invalid or missing API key' })
  })

  it('does not come with the right key', async () => {
    const { get } = await serve({ apiKey: 'right' })

    expect((await get('/v1/workflows', { headers: { 'x-api-key': 'right' } })).status).toBe(200)
  })

  it.each([
    ['GET', '/v1/workflows/unknown', 'Workflow not found'],
    ['GET', '/v1/workflows/unknown/nodes', 'Workflow not found'],
    ['POST', '/v1/workflows/unknown/invoke', 'Workflow not found'],
    ['POST', '/v1/workflows/unknown/invoke/async', 'Workflow not found'],
    ['POST', '/v1/workflows/unknown/invoke/stream', 'Workflow not found'],
    ['GET', '/v1/tasks/unknown', 'Task not found'],
    ['DELETE', '/v1/tasks/unknown', 'Task not found'],
    ['POST', '/v1/tasks/unknown/stop', 'Task not found'],
    ['GET', '/v1/tasks/unknown/thread', 'Task not found'],
    ['GET', '/v1/tasks/unknown/thread/full', 'Task not found'],
    ['GET', '/v1/tasks/unknown/events', 'Not Found'],
    ['POST', '/v1/workflows/unknown/invoke-stream', 'Not Found'],
    ['GET', '/elsewhere', 'Not Found'],
  ])('is 404 for %s %s', async (method, path, detail) => {
    const { get } = await serve()

    const response = await get(path, method === 'POST' ? post({ input: { text: 'Hi' } }) : { method })

    expect(response.status).toBe(404)
    expect(await response.json()).toEqual({ detail })
  })

  it.each([
    ['GET', '/v1/workflows/x/invoke'],
    ['GET', '/v1/tasks/x/stop'],
    ['PUT', '/v1/tasks/x'],
  ])('is 405 for %s %s', async (method, path) => {
    const { get } = await serve()

    const response = await get(path, { method })

    expect(response.status).toBe(405)
    expect(await response.json()).toEqual({ detail: 'Method Not Allowed' })
  })

  it('is 404 when a task is to go on that is unknown, or of another workflow', async () => {
    const { stream } = await serve()
    const [frame] = await readFrames(await stream('question-and-answer', 'Hi'))

    const unknown = await stream('question-and-answer', 'Hi', { id: 'unknown' })
    const foreign = await stream('json-result', 'Hi', { id: frame!.task_id })

    expect([unknown.status, foreign.status]).toEqual([404, 404])
    expect(await unknown.json()).toEqual({ detail: 'Task not found' })
  })

  it.each([
    [400, { detail: 'Bad Request' }],
    [401, { detail: 'Invalid or missing API key' }],
    [403, { detail: 'Not authorized to access this resource' }],
    [404, { detail: 'Not Found' }],
    [422, { detail: [{ type: 'missing', loc: ['body', 'input'], msg: 'Field required', input: {} }] }],
    [429, { detail: 'Rate limit exceeded' }],
    [500, { detail: 'Internal Server Error' }],
    [503, { detail: 'Service Unavailable' }],
    [418, { detail: 'Error 418' }],
  ])('of status %i comes when a fault asks for it, and no run starts', async (status, body) => {
    const { stream, simulator } = await serve()
    simulator.fault({ kind: 'status', status })

    const response = await stream('question-and-answer', 'Hi')

    expect(response.status).toBe(status)
    expect(await response.json()).toEqual(body)
    expect(simulator.tasks).toEqual([])
    expect((await stream('question-and-answer', 'Hi')).status).toBe(200)
  })

  it('may say when to come back, and how the limit stands', async () => {
    const { stream, simulator } = await serve()
    simulator.fault({ kind: 'status', status: 429, retryAfter: 30, body: { detail: { detail: 'Quota exceeded' } } })

    const { headers, ...response } = await stream('question-and-answer', 'Hi').then(async (answer) => ({ headers: answer.headers, body: await answer.json() }))

    expect(response.body).toEqual({ detail: { detail: 'Quota exceeded' } })
    expect(headers.get('retry-after')).toBe('30')
    expect(headers.get('x-ratelimit-limit')).toBe('100')
    expect(headers.get('x-ratelimit-remaining')).toBe('0')
  })
})

describe('validation', () => {
  const missing = (...loc: readonly (string | number)[]) => ({ type: 'missing', loc: ['body', ...loc], msg: 'Field required' })
  const wrong = (type: string, msg: string, ...loc: readonly (string | number)[]) => ({ type, loc: ['body', ...loc], msg })

  it.each([
    ['no input', {}, [missing('input')]],
    ['input as text', { input: 'Hi' }, [wrong('model_attributes_type', 'Input should be a valid dictionary or object to extract fields from', 'input')]],
    ['neither text nor files', { input: { text: '' } }, [wrong('value_error', 'Value error, Either text or files must be provided', 'input')]],
    ['text of another type', { input: { text: 1 } }, [wrong('string_type', 'Input should be a valid string', 'input', 'text')]],
    ['files that are no list', { input: { files: 'x' } }, [wrong('list_type', 'Input should be a valid list', 'input', 'files')]],
    ['a file of another type', { input: { files: ['x', 2] } }, [wrong('string_type', 'Input should be a valid string', 'input', 'files', 1)]],
    ['a user without e-mail', { input: { text: 'Hi', user: { id: 'u1' } } }, [missing('input', 'user', 'email')]],
    ['an id of another type', { input: { text: 'Hi' }, id: 7 }, [wrong('string_type', 'Input should be a valid string', 'id')]],
    ['a word that is none of those', { input: { text: 'Hi' }, output_format: 'xml' }, [wrong('enum', "Input should be 'text', 'markdown', 'json' or 'voice'", 'output_format')]],
    ['a switch of another type', { input: { text: 'Hi' }, events_streaming: 'yes' }, [wrong('bool_type', 'Input should be a valid boolean', 'events_streaming')]],
    ['tokens that are no object', { input: { text: 'Hi' }, user_tokens: [] }, [wrong('dict_type', 'Input should be a valid dictionary', 'user_tokens')]],
    ['two mistakes at once', { input: { text: 1 }, think_mode: 'no' }, [
      wrong('string_type', 'Input should be a valid string', 'input', 'text'),
      wrong('enum', "Input should be 'default' or 'harder'", 'think_mode'),
    ]],
  ])('refuses %s', async (_name, body, issues) => {
    const { get, workflowPath } = await serve()

    const response = await get(`${workflowPath('question-and-answer')}/invoke/stream`, post(body))

    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ detail: issues })
  })

  it.each([
    ['no body', { method: 'POST' }, { type: 'missing', loc: ['body'] }],
    ['no JSON', { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{' }, { type: 'json_invalid', loc: ['body', 0] }],
    ['a list', post([]), { type: 'model_attributes_type', loc: ['body'] }],
    ['text of no type', { method: 'POST', body: '{"input":{"text":"Hi"}}' }, { type: 'model_attributes_type', loc: ['body'] }],
  ])('refuses %s', async (_name, init, issue) => {
    const { get, workflowPath } = await serve()

    const response = await get(`${workflowPath('question-and-answer')}/invoke`, init)

    expect(response.status).toBe(422)
    expect(await response.json()).toMatchObject({ detail: [issue] })
  })

  it.each([
    ['files alone', { input: { files: ['https://example.com/a.pdf'] } }],
    ['null where it may stand', { input: { text: 'Hi', files: null, user: null }, id: null, title: null }],
    ['fields that it does not know', { input: { text: 'Hi' }, surprise: true }],
  ])('takes %s', async (_name, body) => {
    const { get, workflowPath } = await serve()

    const response = await get(`${workflowPath('question-and-answer')}/invoke`, post(body))

    expect(response.status).toBe(200)
  })
})
