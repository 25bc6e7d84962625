import { afterEach, describe, expect, it, vi } from 'vitest'
import { refusalOf } from '../../src/transport/refusal.ts'

afterEach(() => { vi.useRealTimers() })

const refuse = (status: number, body: unknown, headers: Record<string, string> = {}): Response =>
  new Response(typeof body === 'string' ? body : JSON.stringify(body), { status, headers })

/** A body that gives `chunk` whenever it is read, `times` times, and then nothing more. */
function endlessBody(chunk: Uint8Array, times: number): { readonly body: ReadableStream<Uint8Array>; readonly cancel: ReturnType<typeof vi.fn>; readonly reads: () => number } {
  const cancel = vi.fn()
  let reads = 0
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (reads >= times) return
        reads += 1
        controller.enqueue(chunk)
      },
      cancel,
    },
    { highWaterMark: 0 },
  )
  return { body, cancel, reads: () => reads }
}

describe('the code', () => {
  it.each([
    [302, 'http_error'],
    [400, 'invalid_request'],
    [401, 'unauthorized'],
    [402, 'http_error'],
    [403, 'forbidden'],
    [404, 'not_found'],
    [405, 'http_error'],
    [413, 'invalid_request'],
    [422, 'invalid_request'],
    [429, 'rate_limited'],
    [500, 'server_error'],
    [504, 'server_error'],
    [599, 'server_error'],
  ])('of a %i is %s', async (status, code) => {
    expect(await refusalOf(refuse(status, ''), 'read')).toMatchObject({ code, status, phase: 'read', message: `The service answered ${status}` })
  })

  it.each([
    ['submit', 500, true],
    ['submit', 503, true],
    ['submit', 429, false],
    ['read', 500, false],
    ['stop', 500, false],
  ] as const)('of a %s that got %i says mayHaveStarted: %s', async (phase, status, mayHaveStarted) => {
    expect(await refusalOf(refuse(status, ''), phase)).toMatchObject({ mayHaveStarted })
  })
})

describe('the message', () => {
  it.each<[string, unknown, string]>([
    ['a text', 'No such task', 'No such task'],
    ['JSON that is a text', '"No such task"', '"No such task"'],
    ['detail', { detail: 'Not found' }, 'Not found'],
    ['nested details', { detail: { detail: { detail: 'Quota used up' } } }, 'Quota used up'],
    ['a status in front', { detail: '429: Quota used up' }, 'Quota used up'],
    ['JSON in a text', { detail: '429: {"detail":{"message":"Quota used up"}}' }, 'Quota used up'],
    ['a list of texts', { detail: ['First', 'Second'] }, 'First; Second'],
    ['a list of objects', { detail: [{ message: 'First' }, { other: 1 }, { error: 'Second' }] }, 'First; Second'],
    ['fields of a 422', { detail: [{ loc: ['body', 'input', 'text'], msg: 'Field required', type: 'missing' }] }, 'body.input.text: Field required'],
    ['an error of a proxy', { code: 'rate_limited', message: 'Slow down', requestId: 'r' }, 'Slow down'],
    ['an error object', { error: { message: 'Model overloaded', code: 7 } }, 'Model overloaded'],
    ['a bracket in front', { detail: '[Errno 111] Connection refused' }, '[Errno 111] Connection refused'],
  ])('is taken from %s', async (_, body, reason) => {
    expect((await refusalOf(refuse(500, body), 'read')).message).toBe(`The service answered 500: ${reason}`)
  })

  it.each<[string, unknown]>([
    ['nothing', ''],
    ['markup', '<html><body>Bad gateway</body></html>'],
    ['JSON that broke off', '{"detail":[{"loc":["body"],"input":"secret of the us'],
    ['a list that broke off', '[{"input":"secret of the us'],
    ['an object without a text', { code: 7, ok: false, detail: null }],
    ['a number', { detail: 7 }],
    ['an object that is nested without end', { detail: '{"detail":'.repeat(2000) + '"x"' + '}'.repeat(2000) }],
  ])('says the status alone for %s', async (_, body) => {
    expect((await refusalOf(refuse(502, body), 'read')).message).toBe('The service answered 502')
  })

  it('is short', async () => {
    const { message } = await refusalOf(refuse(500, { detail: 'a'.repeat(5000) }), 'read')

    expect(message).toBe(`The service answered 500: ${'a'.repeat(300)}`)
  })

  it('survives lists that are nested deeper than the stack', async () => {
    const { message } = await refusalOf(refuse(500, '['.repeat(30_000) + ']'.repeat(30_000)), 'read')

    expect(message).toBe('The service answered 500')
  })

  it.each<Record<string, string>>([
    { 'x-api-key': 'xp-0123456789' },
    { authorization: 'Bearer xp-0123456789' },
    { Authorization: 'xp-0123456789 other' },
  ])('hides what the service echoes of %o', async (sent) => {
    const body = { detail: [{ loc: ['header', 'x'], msg: 'Bad key xp-0123456789', type: 'xp-0123456789' }] }

    const error = await refusalOf(refuse(422, body), 'submit', sent)

    expect(JSON.stringify(error) + error.message).not.toContain('0123456789')
    expect(error.message).toContain('Bad key …')
  })
})

describe('the issues', () => {
  it('keep where, what and the type, and nothing of the input', async () => {
    const error = await refusalOf(refuse(422, {
      detail: [
        { loc: ['body', 'input', 'files', 0], msg: 'Input should be a valid URL', type: 'url_parsing', input: 'secret', ctx: { error: 'secret' } },
        { loc: ['body', 'id'], msg: 'Bad id', type: 'value_error', input: { id: 'secret' }, url: 'https://errors.test/secret' },
      ],
    }), 'submit')

    expect(error.issues).toEqual([
      { loc: ['body', 'input', 'files', 0], msg: 'Input should be a valid URL', type: 'url_parsing' },
      { loc: ['body', 'id'], msg: 'Bad id', type: 'value_error' },
    ])
    expect(JSON.stringify(error) + error.message).not.toContain('secret')
  })

  it('keep only names and positions of where', async () => {
    const error = await refusalOf(refuse(422, { detail: [{ loc: ['body', { input: 'secret' }, null, 1], msg: 'Bad', type: 7 }] }), 'submit')

    expect(error.issues).toEqual([{ loc: ['body', 1], msg: 'Bad', type: '' }])
  })

  it('are absent when there are none', async () => {
    expect(await refusalOf(refuse(422, { detail: 'No' }), 'submit')).not.toHaveProperty('issues')
  })
})

describe('the headers', () => {
  it('tell the id of the request', async () => {
    expect(await refusalOf(refuse(500, '', { 'x-request-id': 'req-7' }), 'read')).toMatchObject({ requestId: 'req-7' })
    expect(await refusalOf(refuse(500, ''), 'read')).not.toHaveProperty('requestId')
  })

  it.each([
    ['30', undefined, 30_000],
    ['0', undefined, 0],
    ['1.5', undefined, 1500],
    ['-5', undefined, 0],
    ['Wed, 13 May 2026 10:00:30 GMT', 'Wed, 13 May 2026 10:00:00 GMT', 30_000],
    ['Wed, 13 May 2026 10:00:30 GMT', undefined, 10_000],
    ['Wed, 13 May 2026 10:00:30 GMT', 'yesterday', 10_000],
    ['Wed, 13 May 2026 09:00:00 GMT', 'Wed, 13 May 2026 10:00:00 GMT', 0],
    ['soon', undefined, undefined],
    ['', undefined, undefined],
    [undefined, undefined, undefined],
  ])('with Retry-After %s and Date %s say to wait %s ms', async (retryAfter, date, expected) => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-05-13T10:00:20Z') })
    const headers = { ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }), ...(date === undefined ? {} : { date }) }

    const error = await refusalOf(refuse(429, '', headers), 'submit')

    expect(error.retryAfterMs).toBe(expected)
  })
})

describe('the body', () => {
  it('is read to 64 KiB and then let go', async () => {
    const { body, cancel, reads } = endlessBody(new TextEncoder().encode('a'.repeat(1024)), Infinity)

    const error = await refusalOf(new Response(body, { status: 500 }), 'read')

    expect(error.code).toBe('server_error')
    expect(reads()).toBe(64)
    expect(cancel).toHaveBeenCalledOnce()
  })

  it('is cut at 64 KiB also when it comes at once', async () => {
    const response = refuse(500, { detail: 'Too long to be read whole', trace: 'a'.repeat(64 * 1024) })

    expect((await refusalOf(response, 'read')).message).toBe('The service answered 500')
  })

  it('is waited for no longer than 5 s when it stalls', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    const { body, cancel } = endlessBody(new TextEncoder().encode('Try later'), 1)
    const refusal = refusalOf(new Response(body, { status: 503 }), 'read')

    await vi.advanceTimersByTimeAsync(4999)
    expect(cancel).not.toHaveBeenCalled()
    await vi.advanceTimersByTimeAsync(1)

    expect((await refusal).message).toBe('The service answered 503: Try later')
    expect(cancel).toHaveBeenCalledOnce()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('may break off', async () => {
    const body = new ReadableStream({
      pull(controller) { controller.error(new TypeError('terminated')) },
    })

    expect(await refusalOf(new Response(body, { status: 500 }), 'read')).toMatchObject({ code: 'server_error', message: 'The service answered 500' })
  })

  it('may have been read by somebody else', async () => {
    const response = refuse(401, { detail: 'Who are you?' })
    await response.text()

    expect(await refusalOf(response, 'read')).toMatchObject({ code: 'unauthorized', message: 'The service answered 401' })
  })

  it('may be missing', async () => {
    expect(await refusalOf(new Response(null, { status: 404 }), 'read')).toMatchObject({ code: 'not_found', message: 'The service answered 404' })
  })

  it('leaves no timer behind', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })

    await refusalOf(refuse(404, { detail: 'No' }), 'read')

    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('what the service echoes of the request', () => {
  const body = JSON.stringify({
    input: { text: 'Say something long enough' }, user_oidc_token: 'oidc-token-1', user_tokens: { docs: 'user-token-2' },
    mcp_servers: [{ headers: { authorization: 'mcp-secret-3' } }],
  })

  it.each(['oidc-token-1', 'user-token-2', 'mcp-secret-3'])('never holds %s', async (secret) => {
    const error = await refusalOf(refuse(400, { detail: `Token ${secret} is expired` }), 'submit', {}, body)

    expect(error.message).toBe('The service answered 400: Token … is expired')
    expect(JSON.stringify(error)).not.toContain(secret)
  })

  it('may hold what was asked', async () => {
    const error = await refusalOf(refuse(400, { detail: 'Say something long enough is too long' }), 'submit', {}, body)

    expect(error.message).toContain('Say something long enough')
  })
})
