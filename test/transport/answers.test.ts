import { describe, expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import { answerWith, openStream } from './streamServer.ts'
import { failureOf, transports, useTransportBench } from './transportBench.ts'

const bench = useTransportBench()

describe.each(transports)('%s', (_, transport) => {
  it.each([
    [400, 'invalid_request', false],
    [401, 'unauthorized', false],
    [403, 'forbidden', false],
    [404, 'not_found', false],
    [409, 'http_error', false],
    [413, 'invalid_request', false],
    [422, 'invalid_request', false],
    [429, 'rate_limited', false],
    [500, 'server_error', true],
    [503, 'server_error', true],
  ])('rejects a %i as %s', async (status, code, mayHaveStarted) => {
    bench.answer = (response) => answerWith(response, status, 'application/json', '{"detail":"No"}')

    const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

    expect(error).toBeInstanceOf(WorkflowError)
    expect(error).toMatchObject({ code, status, mayHaveStarted, phase: 'submit', message: `The service answered ${status}: No` })
    expect(bench.server.requests).toHaveLength(1)
  })

  it('rejects an event stream that comes with a 500', async () => {
    bench.answer = (response) => answerWith(response, 500, 'text/event-stream', 'data: {"n":1}\n\n')

    const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

    expect(error).toMatchObject({ code: 'server_error', status: 500 })
    expect(bench.messages).toEqual([])
  })

  it('carries nothing of the request into the error', async () => {
    bench.answer = (response) => answerWith(response, 401, 'application/json', '{"detail":"The key key-of-a-customer is unknown"}')

    const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

    expect((error as WorkflowError).message).toBe('The service answered 401: The key … is unknown')
    expect(JSON.stringify(error)).not.toMatch(/key-of-a-customer|version=2|"Hi"/)
  })

  it.each([
    [204, 'text/event-stream', ''],
    [200, 'text/html', '<html>Sign in</html>'],
    [200, 'text/event-streams', 'data: {"n":1}\n\n'],
    [200, 'text/plain', 'data: {"n":1}\n\n'],
    [200, '', 'data: {"n":1}\n\n'],
    [200, 'application/json', '{"ok":true}'],
    [200, 'application/json', '{"id":"task-1"}'],
    [200, 'application/json', '{"id":7,"status":"completed"}'],
    [200, 'application/json', '[{"id":"task-1","status":"completed"}]'],
    [200, 'application/json', '{"id":"task-1","sta'],
    [200, 'application/json', '{"type":"task_updated","data":{"id":"task-1"}}'],
    [200, 'application/json', '{"type":"task_updated","data":{"status":"completed"}}'],
    [200, 'application/json', ''],
  ])('rejects %i of type %j that holds %j as no event stream', async (status, contentType, text) => {
    bench.answer = (response) => answerWith(response, status, contentType, text)

    const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

    expect(error).toMatchObject({ code: 'not_event_stream', phase: 'submit', status, mayHaveStarted: true })
    expect(bench.messages).toEqual([])
    expect(bench.server.requests).toHaveLength(1)
  })

  it.each(['application/json', 'Application/JSON; charset=utf-8', 'application/problem+json'])(
    'hands on a task that came as %s',
    async (contentType) => {
      const text = JSON.stringify({ id: 'task-1', status: 'completed', result: 'a\n b' }, null, 2)
      bench.answer = (response) => answerWith(response, 200, contentType, text)

      await transport(bench.requestTo(), bench.onMessage)

      expect(bench.messages).toEqual([{ data: text }])
      expect(bench.server.requests).toHaveLength(1)
    },
  )

  it('rejects as network when the JSON of a task breaks off', async () => {
    bench.answer = (response) => {
      openStream(response, '{"id":"task-1",', 'application/json')
      setImmediate(() => response.destroy())
    }

    const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

    expect(error).toMatchObject({ code: 'network', phase: 'stream' })
  })

  it('follows no redirect', async () => {
    bench.answer = (response) => {
      response.writeHead(307, { location: '/elsewhere' })
      response.end()
    }

    const error = await failureOf(transport(bench.requestTo(), bench.onMessage))

    expect(error).toMatchObject({ code: 'network', phase: 'submit' })
    expect(bench.server.requests).toHaveLength(1)
  })

  it.each<[string, unknown]>([
    ['undefined', undefined],
    ['object', null],
    ['object', { ok: true, json: () => ({ id: 'task-1' }) }],
    ['string', 'data: {"n":1}\n\n'],
  ])('says plainly that a fetch answered no Response but %s', async (name, answer) => {
    const fetch = (): Promise<Response> => Promise.resolve(answer as Response)

    const error = await failureOf(transport(bench.requestTo({ fetch }), bench.onMessage))

    expect(error).toMatchObject({
      code: 'invalid_options', phase: 'submit', mayHaveStarted: true, message: 'The `fetch` option has to answer a Response', cause: `it answered ${name}`,
    })
  })
})
