import { WorkflowError } from '../errors.ts'
import type { WorkflowErrorPhase } from '../errors.ts'
import { pathPart } from '../protocol/request.ts'
import { credentialsIn, hide } from '../protocol/secrets.ts'
import type { TaskId } from '../state/taskState.ts'
import { readJson } from '../transport/plainRequest.ts'
import { fetchEventSourceTransport } from '../transport/postStream.ts'
import { isResponse } from '../transport/send.ts'
import type { TransportRequest } from '../transport/transport.ts'
import type { Listening } from './listening.ts'
import type { RequestReason, WorkflowClientOptions } from './options.ts'
import { isOffline } from './pause.ts'

/** Everything that a client sends. */
export interface Requests {
  /** The invoking POST. Nothing else sends it, and it is sent again only when a 401 came before the stream. */
  readonly invoke: (invoke: { readonly url: string; readonly body: string; readonly idempotencyKey: string }, listening: Listening) => Promise<void>
  /** The rest of a stream that a proxy of ours keeps (`GET /v1/tasks/{id}/events`). */
  readonly attach: (taskId: TaskId, lastEventId: string | undefined, attempt: number, listening: Listening) => Promise<void>
  /** Reads JSON. */
  readonly read: (path: string, phase?: 'read' | 'recover', attempt?: number, signal?: AbortSignal) => Promise<unknown>
  readonly stop: (taskId: TaskId) => Promise<unknown>
  /** The address of a path under the base. @throws WorkflowError `invalid_options` */
  readonly urlOf: (path: string, phase: WorkflowErrorPhase) => string
  /** Ends what is being read; nothing is asked any more. */
  readonly close: () => void
}

/** What a client that was destroyed answers. */
export const destroyedError = (phase: WorkflowErrorPhase): WorkflowError =>
  new WorkflowError('invalid_options', phase, 'This client was destroyed: make a new one with createWorkflowClient')

const MAX_MS = 30_000

export const pathOfTask = (taskId: TaskId, part = ''): string => `/v1/tasks/${pathPart(taskId)}${part}`

export function createRequests(options: WorkflowClientOptions): Requests {
  const { baseUrl = '/api/xpander', transport = fetchEventSourceTransport, idempotencyKey: sendsKey = 'same-origin' } = options
  const reading = new Set<AbortController>()
  let isClosed = false
  /** Credentials that we sent and nobody may say again; the newest, because some are renewed. */
  let sent: readonly string[] = []
  const remember = (request: unknown): void => { sent = [...new Set([...credentialsIn(request), ...sent])].slice(0, 50) }
  const fetch: typeof globalThis.fetch = (...input) => (options.fetch ?? globalThis.fetch)(...input)

  const urlOf: Requests['urlOf'] = (path, phase) => {
    if (!/^https?:\/\//i.test(baseUrl) && typeof location === 'undefined') {
      throw new WorkflowError(
        'invalid_options', phase,
        `There is no page here that '${baseUrl}' could be relative to: give createWorkflowClient a baseUrl that begins with https://`,
      )
    }
    return baseUrl.replace(/\/+$/, '') + path
  }

  /**
   * Sends with the headers of now; once more when they were refused and there is a function that may have others.
   * Nothing is sent again of which a stream has told.
   */
  const withHeaders = async <Answer>(
    reason: RequestReason, phase: WorkflowErrorPhase, attempt: number, send: (headers: Record<string, string>) => Promise<Answer>,
  ): Promise<Answer> => {
    const sendAs = async (context: { readonly attempt: number; readonly reason: RequestReason }): Promise<Answer> => {
      const headers = await headersFor(options.headers, context, phase)
      remember({ headers })
      return send(headers)
    }
    try {
      return await sendAs({ attempt, reason })
    } catch (error) {
      if (!isUnauthorized(error) || typeof options.headers !== 'function') throw error
      return sendAs({ attempt: attempt + 1, reason: 'unauthorized' })
    }
  }

  const stream = async (request: Pick<TransportRequest, 'url' | 'method' | 'body' | 'headers' | 'phase'>, listening: Listening): Promise<void> => {
    const { signal, onMessage, onBytes, onSend, onResponse } = listening
    signal.throwIfAborted()
    onSend(true)
    try {
      await transport({
        ...request,
        signal,
        onBytes,
        async fetch(...input) {
          // The browser may be wrong: a service on this machine answers without a network.
          const wasOffline = isOffline()
          try {
            const response = await fetch(...input)
            if (isResponse(response)) onResponse(response)
            return response
          } catch (cause) {
            if (!wasOffline || !isOffline() || signal.aborted) throw cause
            throw new WorkflowError('network', request.phase ?? 'submit', 'There is no network, so nothing was sent', { cause })
          }
        },
      }, (message) => { onMessage({ ...message, data: hide(message.data, sent) }) })
    } catch (error) {
      if (isUnauthorized(error)) onSend(false)
      throw error
    }
  }

  /** Runs what has to be answered in time: it is when it resolves, or says so before. */
  const inTime = async <Answer>(
    phase: WorkflowErrorPhase, given: AbortSignal | undefined, run: (signal: AbortSignal, onAnswer: () => void) => Promise<Answer>,
  ): Promise<Answer> => {
    // One for each: Node warns of many listeners on one signal.
    const ending = new AbortController()
    const { signal } = ending
    const onAbort = (): void => { ending.abort(given?.reason) }
    if (given?.aborted) onAbort()
    given?.addEventListener('abort', onAbort)
    reading.add(ending)
    // `headers` may never answer either.
    const timer = setTimeout(() => { ending.abort(new WorkflowError('network', phase, 'No answer in 30 seconds')) }, MAX_MS)
    const onAnswer = (): void => { clearTimeout(timer) }
    try {
      return await orAborted(run(signal, onAnswer), signal)
    } finally {
      onAnswer()
      given?.removeEventListener('abort', onAbort)
      reading.delete(ending)
    }
  }

  const ask = async (method: 'GET' | 'POST', path: string, reason: RequestReason, phase: 'read' | 'recover' | 'stop', attempt = 1, given?: AbortSignal): Promise<unknown> => {
    if (isClosed) throw destroyedError(phase)
    return inTime(phase, given, (signal) => withHeaders(reason, phase, attempt, (headers) =>
      readJson({ url: urlOf(path, phase), method, headers, fetch, phase, signal, hidden: sent })))
  }

  return {
    urlOf,
    invoke: ({ url, body, idempotencyKey }, listening) => orAborted(withHeaders('submit', 'submit', 1, (given) => {
      // The words of a schema describe credentials and are none.
      remember({ ...JSON.parse(body) as object, output_schema: undefined })
      const isKeySent = sendsKey === true || (sendsKey !== false && isSameOrigin(url))
      const headers = {
        accept: 'text/event-stream', 'content-type': 'application/json', ...(isKeySent ? { 'idempotency-key': idempotencyKey } : {}), ...given,
      }
      return stream({ url, method: 'POST', body, headers }, listening)
    }), listening.signal),
    attach: (taskId, lastEventId, attempt, listening) => inTime('recover', listening.signal, (signal, onAnswer) => withHeaders('recover', 'recover', attempt, (given) => stream({
      url: urlOf(pathOfTask(taskId, '/events'), 'recover'), method: 'GET', phase: 'recover',
      headers: { accept: 'text/event-stream', ...given, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    }, {
      ...listening,
      signal,
      onMessage(message) {
        onAnswer()
        listening.onMessage(message)
      },
      onResponse(response) {
        onAnswer()
        listening.onResponse(response)
      },
    }))),
    read: (path, phase = 'read', attempt = 1, signal) => ask('GET', path, phase, phase, attempt, signal),
    stop: (taskId) => ask('POST', pathOfTask(taskId, '/stop'), 'stop', 'stop'),
    close() {
      isClosed = true
      for (const closing of reading) closing.abort()
    },
  }
}

/** The headers of one request, plain; a source that throws means that nothing is sent. */
async function headersFor(
  source: WorkflowClientOptions['headers'], context: { readonly attempt: number; readonly reason: RequestReason }, phase: WorkflowErrorPhase,
): Promise<Record<string, string>> {
  let isGiven = false
  try {
    const given = typeof source === 'function' ? await source(context) : source
    isGiven = true
    return Object.fromEntries(new Headers(given))
  } catch (error) {
    // Engines quote the value that they do not take.
    const cause = isGiven ? undefined : error
    const message = context.reason === 'unauthorized' ? 'The headers option failed after a 401, so the request was not sent again' : 'The headers option failed, so nothing was sent'
    throw new WorkflowError('headers_failed', phase, message, { cause })
  }
}

/** Refused before anything ran. */
const isUnauthorized = (error: unknown): boolean => error instanceof WorkflowError && error.code === 'unauthorized' && error.phase !== 'stream'

function isSameOrigin(url: string): boolean {
  if (typeof location === 'undefined') return false
  // What a page resolves addresses by; a frame without an address of its own has that of the page around it.
  return new URL(url, typeof document === 'undefined' ? location.href : document.baseURI).origin === location.origin
}

/** The value, unless the signal says first that nobody waits for it any more. */
function orAborted<Value>(value: Promise<Value>, signal: AbortSignal): Promise<Value> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => { reject(signal.reason as Error) }
    signal.addEventListener('abort', onAbort)
    value.then(resolve, reject).finally(() => { signal.removeEventListener('abort', onAbort) })
  })
}
