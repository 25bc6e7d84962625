import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { readJson, type PlainRequest } from '../../src/transport/plainRequest.ts'
import { answerWith, openStream, startStreamServer, type ServerAnswer, type StreamServer } from './streamServer.ts'

let server: StreamServer
let answer: ServerAnswer
let controller: AbortController

beforeEach(async () => {
  controller = new AbortController()
  server = await startStreamServer((response, request) => answer(response, request))
})

afterEach(() => server.close())

function requestTo(fields: Partial<PlainRequest> = {}): PlainRequest {
  return {
    url: `${server.url}/v1/tasks/task-1`, method: 'GET', headers: { 'x-api-key': 'key-of-a-customer' }, fetch: globalThis.fetch,
    signal: controller.signal, phase: 'read', ...fields,
  }
}

/** What a promise rejects with; a promise that resolves fails the test. */
const failureOf = (promise: Promise<unknown>): Promise<unknown> =>
  promise.then(() => Promise.reject(new Error('It resolved')), (error: unknown) => error)

describe('readJson', () => {
  it('reads with GET, the headers, no cache and no redirect', async () => {
    answer = (response) => answerWith(response, 200, 'application/json', '{"id":"task-1"}')
    const inits: RequestInit[] = []
    const fetch: typeof globalThis.fetch = (input, init = {}) => {
      inits.push(init)
      return globalThis.fetch(input, init)
    }

    const value = await readJson(requestTo({ fetch }))

    expect(value).toEqual({ id: 'task-1' })
    expect(server.requests).toMatchObject([{ method: 'GET', url: '/v1/tasks/task-1', body: '', headers: { 'x-api-key': 'key-of-a-customer' } }])
    expect(inits).toMatchObject([{ cache: 'no-store', redirect: 'error' }])
  })

  it('stops with a POST without a body', async () => {
    answer = (response) => answerWith(response, 200, 'application/json', '{"id":"task-1","status":"stopped"}')

    const value = await readJson(requestTo({ method: 'POST', phase: 'stop' }))

    expect(value).toEqual({ id: 'task-1', status: 'stopped' })
    expect(server.requests).toMatchObject([{ method: 'POST', body: '' }])
  })

  it('rejects what the service refuses', async () => {
    answer = (response) => answerWith(response, 404, 'application/json', '{"detail":"No such task for key-of-a-customer"}')

    const error = await failureOf(readJson(requestTo()))

    expect(error).toBeInstanceOf(WorkflowError)
    expect(error).toMatchObject({ code: 'not_found', phase: 'read', status: 404, message: 'The service answered 404: No such task for …' })
  })

  it.each(['<html>Sign in</html>', '', '{"id":"secret'])('rejects the answer %j as no JSON, without quoting it', async (text) => {
    answer = (response) => answerWith(response, 200, 'application/json', text)

    const error = await failureOf(readJson(requestTo({ phase: 'stop' })))

    expect(error).toMatchObject({ code: 'http_error', phase: 'stop', status: 200, message: 'The service answered 200 without JSON' })
    expect(error).not.toHaveProperty('cause')
  })

  it('rejects a 204 as no JSON', async () => {
    answer = (response) => answerWith(response, 204, 'application/json', '')

    expect(await failureOf(readJson(requestTo()))).toMatchObject({ code: 'http_error', status: 204 })
  })

  it('rejects as network when the connection goes before the answer', async () => {
    answer = (response) => response.destroy()

    const error = await failureOf(readJson(requestTo()))

    expect(error).toMatchObject({ code: 'network', phase: 'read', mayHaveStarted: false, cause: { name: 'TypeError' } })
    expect(server.requests).toHaveLength(1)
  })

  it('rejects as network when the connection goes within the answer', async () => {
    answer = (response) => {
      openStream(response, '{"id":', 'application/json')
      setImmediate(() => response.destroy())
    }

    expect(await failureOf(readJson(requestTo()))).toMatchObject({ code: 'network', phase: 'read', cause: { name: 'TypeError' } })
  })

  it('says plainly that a fetch answered no Response', async () => {
    const answered: unknown = { ok: true, json: () => ({ id: 'task-1' }) }
    const fetch = (): Promise<Response> => Promise.resolve(answered as Response)

    const error = await failureOf(readJson(requestTo({ fetch })))

    expect(error).toMatchObject({ code: 'invalid_options', phase: 'read', mayHaveStarted: false, cause: 'it answered object' })
  })

  it('hides words of the answer, whatever they are within', async () => {
    answer = (response) => answerWith(response, 200, 'application/json', '{"id":"task-1","result":"It is s3cret-word.","more":["s3cret-word"]}')

    expect(await readJson(requestTo({ hidden: ['s3cret-word'] }))).toEqual({ id: 'task-1', result: 'It is ….', more: ['…'] })
  })

  it('sends nothing when the signal is aborted already', async () => {
    controller.abort('left')

    expect(await failureOf(readJson(requestTo()))).toBe('left')
    expect(server.requests).toEqual([])
  })

  it('rejects with the reason when aborted, and the server sees it', async () => {
    answer = () => undefined
    const received = server.nextRequest()
    const failure = failureOf(readJson(requestTo()))
    const request = await received

    controller.abort('left')

    expect(await failure).toBe('left')
    expect(await request.left).toBe(true)
  })
})
