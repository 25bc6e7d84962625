import { WorkflowError, type RequestIssue, type WorkflowErrorCode, type WorkflowErrorPhase } from '../errors.ts'
import { isFields, readNumber, readText } from '../protocol/wire.ts'

const maxBodyBytes = 64 * 1024
const maxBodyMs = 5000
const maxTextLength = 300
const maxDepth = 9

const codes: Readonly<Record<number, WorkflowErrorCode>> = {
  400: 'invalid_request',
  401: 'unauthorized',
  403: 'forbidden',
  404: 'not_found',
  413: 'invalid_request',
  422: 'invalid_request',
  429: 'rate_limited',
}

/**
 * The error that an answer other than 2xx stands for. `sent` are the headers of the request, so that a service
 * which echoes a key does not carry it into the error.
 */
export async function refusalOf(
  response: Response,
  phase: WorkflowErrorPhase,
  sent: Readonly<Record<string, string>> = {},
): Promise<WorkflowError> {
  const { status, headers } = response
  const issues: RequestIssue[] = []
  const reason = readReason(withoutSent(await readStart(response), sent), issues)
  return new WorkflowError(
    codes[status] ?? (status >= 500 ? 'server_error' : 'http_error'),
    phase,
    `The service answered ${status}${reason ? `: ${shorten(reason)}` : ''}`,
    {
      status,
      mayHaveStarted: phase === 'submit' && status >= 500,
      retryAfterMs: readRetryAfter(headers),
      requestId: readText(headers.get('x-request-id')),
      issues: issues[0] && issues,
    },
  )
}

/** The start of the body. Neither one without end nor one that stalls keeps the error waiting. */
async function readStart({ body }: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  let timer
  try {
    const reader = body?.getReader()
    const leave = (): unknown => reader?.cancel().catch(() => undefined)
    timer = setTimeout(leave, maxBodyMs)
    for (let room = maxBodyBytes; room > 0; ) {
      const chunk = await reader?.read()
      if (!chunk?.value) break
      text += decoder.decode(chunk.value.subarray(0, room), { stream: true })
      room -= chunk.value.length
    }
    void leave()
  } catch {
    // The status says enough without the rest.
  }
  clearTimeout(timer)
  return text
}

/**
 * The innermost text of an error body: `detail` may be a text, a list, an object, nested, or JSON in a text such as
 * `429: {...}` (xpander-api.md 13). Fields that a 422 names are put into `issues` on the way.
 */
function readReason(value: unknown, issues: RequestIssue[], depth = 0): string | undefined {
  if (depth > maxDepth) return undefined
  const inner = (part: unknown): string | undefined => readReason(part, issues, depth + 1)

  if (typeof value === 'string') {
    const text = value.replace(/^\s*\d{3}:/, '').trim()
    if (!/^(?:[<{]|\[\s*["[{])/.test(text)) return text || undefined
    try {
      return inner(JSON.parse(text))
    } catch {
      // Markup, or JSON that broke off, which may echo what was sent.
      return undefined
    }
  }
  if (Array.isArray(value)) return value.flatMap((item) => inner(item) ?? []).join('; ') || undefined
  if (!isFields(value)) return undefined
  const { loc, msg, type } = value
  if (Array.isArray(loc) && typeof msg === 'string') {
    const path = loc.filter((part): part is string | number => typeof part === 'string' || typeof part === 'number')
    issues.push({ loc: path, msg: shorten(msg), type: readText(type) ?? '' })
    return `${path.join('.')}: ${msg}`
  }
  inner(value.issues)
  return inner(value.detail) ?? inner(value.message) ?? inner(value.error) ?? inner(msg)
}

function withoutSent(text: string, sent: Readonly<Record<string, string>>): string {
  return Object.entries(sent)
    .filter(([name]) => !/^(?:accept|content-type)$/i.test(name))
    .flatMap(([, value]) => value.split(/[\s,;=]+/))
    .reduce((hidden, word) => (word.length < 8 ? hidden : hidden.replaceAll(word, '…')), text)
}

/** Seconds or a date; a date counts from the service's own clock, because ours may be wrong. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')
  if (!value) return undefined
  const seconds = Number(value)
  const now = Date.parse(headers.get('date') ?? '') || Date.now()
  return readNumber(Math.max(0, Number.isNaN(seconds) ? Date.parse(value) - now : seconds * 1000))
}

function shorten(text: string): string {
  return text.length > maxTextLength ? `${text.slice(0, maxTextLength)}…` : text
}
