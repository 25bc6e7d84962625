import { createBody, type Body } from './body.ts'

/** What the service answers, whatever carries it. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: Body
}

/** What a request looks like to the service: `path` begins with `/v1/`, header names are lower-case. */
export interface ServiceRequest {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string>>
  readonly bodyText: string
}

/** One issue of a 422, as the service words it. */
export interface ValidationIssue {
  readonly type: string
  readonly loc: readonly (string | number)[]
  readonly msg: string
  readonly input?: unknown
  readonly ctx?: Readonly<Record<string, unknown>>
}

/** An answer of JSON. */
export function jsonAnswer(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  const body = createBody()
  body.write(new TextEncoder().encode(JSON.stringify(value)), false)
  body.end()
  return { status, headers: { 'content-type': 'application/json', ...headers }, body }
}

/** A refusal in the service's form: `{"detail": ...}`, a text or a list of issues. */
export const refusal = (status: number, detail: string | readonly ValidationIssue[] = refusals[status] ?? 'Error', headers?: Readonly<Record<string, string>>): Answer =>
  jsonAnswer(status, { detail }, headers)

/** What the service says with a status when nothing more is known. */
export const refusals: Readonly<Record<number, string | readonly ValidationIssue[]>> = {
  400: 'Bad Request',
  401: 'Invalid or missing API key',
  403: 'Not authorized to access this resource',
  404: 'Not Found',
  405: 'Method Not Allowed',
  422: [{ type: 'missing', loc: ['body', 'input'], msg: 'Field required', input: {} }],
  429: 'Rate limit exceeded',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}
