import { WorkflowError, type RequestIssue, type WorkflowErrorCode, type WorkflowErrorPhase } from '../errors.ts'
import { credentialsIn, hide } from '../protocol/secrets.ts'
import { readFields, readNumber, readText } from '../protocol/wire.ts'

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
 * The error that an answer other than 2xx stands for. `sent` are the headers of the request and `sentBody` is its body:
 * a service that echoes a key or a token must not carry it into the error.
 */
export async function refusalOf(
  response: Response,
  phase: WorkflowErrorPhase,
  sent: Readonly<Record<string, string>> = {},
  sentBody = '{}',
): Promise<WorkflowError> {
  const { status, headers } = response
  const issues: RequestIssue[] = []
  const hidden = [...credentialsIn(sent, true), ...credentialsIn(JSON.parse(sentBody))]
  const reason = readReason(hide(await readStart(response), hidden), issues, 0)
  return new WorkflowError(
    codes[status] ?? (status < 500 ? 'http_error' : 'server_error'),
    phase,
    `The service answered ${status}${reason && `: ${reason.slice(0, maxTextLength)}`}`,
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
    leave()
  } catch {
    // The body broke off, or a `fetch` of the user has read it. The status says enough.
  }
  clearTimeout(timer)
  return text
}

/**
 * The innermost text of an error body: `detail` may be a text, a list, an object, nested, or JSON in a text such as
 * `429: {...}` (xpander-api.md 13). Fields that a 422 names are put into `issues` on the way.
 */
function readReason(value: unknown, issues: RequestIssue[], depth: number): string {
  if (depth > maxDepth) return ''
  const inner = (part: unknown): string => readReason(part, issues, depth + 1)

  if (typeof value === 'string') {
    const text = value.replace(/^\s*\d{3}:/, '').trim()
    if (!/^([<{]|\[\s*["[{])/.test(text)) return text
    try {
      return inner(JSON.parse(text))
    } catch {
      // Markup, or JSON that broke off, which may echo what was sent.
      return ''
    }
  }
  if (Array.isArray(value)) return value.map(inner).filter(Boolean).join('; ')
  const { detail, message, error, msg, loc, type } = readFields(value)
  const reason = inner(detail ?? message ?? error ?? msg)
  if (!Array.isArray(loc)) return reason
  const path: RequestIssue['loc'] = loc.filter((part) => typeof part === 'string' || typeof part === 'number')
  issues.push({ loc: path, msg: reason.slice(0, maxTextLength), type: readText(type) ?? '' })
  return `${path.join('.')}: ${reason}`
}

/** Seconds or a date. A date is compared with the service's own clock, because ours may be wrong. */
function readRetryAfter(headers: Headers): number | undefined {
  const value = headers.get('retry-after')
  if (!value) return undefined
  const now = Date.parse(headers.get('date') ?? '') || Date.now()
  return readNumber(Math.max(0, Number(value) * 1000 || Date.parse(value) - now))
}
