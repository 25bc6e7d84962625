import type { ServiceRequest } from './answer.ts'

/** A request as the simulator saw it; keys and tokens read `[redacted]`. */
export interface LoggedRequest {
  readonly method: string
  /** From `/v1/` on, without the query. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** Of the answer; `null` while there is none. */
  readonly status: number | null
  readonly headers: Readonly<Record<string, string>>
  /** Parsed where it is JSON, else the text; `undefined` when there was none. */
  readonly body: unknown
}

/** Everything that was asked, in order. */
export interface RequestLog {
  readonly entries: readonly LoggedRequest[]
  readonly count: number
  add(request: ServiceRequest): { status: number | null }
}

type Entry = Omit<LoggedRequest, 'status'> & { status: number | null }

/** Keeps the latest thousand requests. */
export function createRequestLog(): RequestLog {
  const entries: Entry[] = []
  let count = 0
  return {
    entries,
    get count() {
      return count
    },
    add({ method, path, query, headers, bodyText }) {
      const entry: Entry = { method, path, query: Object.fromEntries(query), status: null, headers: redactHeaders(headers), body: redact(parse(bodyText)) }
      entries.push(entry)
      if (entries.length > maxEntries) entries.shift()
      count += 1
      return entry
    },
  }
}

const maxEntries = 1000
const redacted = '[redacted]'
const secretHeaders = /^(?:x-api-key|authorization|cookie|proxy-authorization)$/
const secretFields = new Set(['user_tokens', 'user_oidc_token', 'api_key', 'client_secret', 'headers', 'env_vars', 'access_token'])

const redactHeaders = (headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, secretHeaders.test(name) ? redacted : value]))

function parse(text: string): unknown {
  if (text === '') return undefined
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}

function redact(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, secretFields.has(name) && inner !== null ? redacted : redact(inner)]))
}
