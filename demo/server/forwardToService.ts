import type { IncomingMessage, ServerResponse } from 'node:http'
import { pipeline } from 'node:stream/promises'
import type { Connect } from 'vite'
import type { DemoWorkflow } from '../demoInfo.ts'

/** The real service, and the one workflow of it that the page may run. */
export interface Service {
  readonly apiKey: string
  readonly workflowId: string
  readonly baseUrl: string
}

const maxBodyBytes = 1_000_000
const passedHeaders = ['content-type', 'retry-after', 'x-request-id']

/**
 * Sends on what the client needs for this workflow and its tasks, with the key added. For one developer's own machine:
 * it knows no users, so put it nowhere else.
 */
export function forwardToService(service: Service): Connect.NextHandleFunction {
  const ownTasks = new Set<string>()

  const isOwnTask = async (taskId: string): Promise<boolean> => {
    if (ownTasks.has(taskId)) return true
    const response = await ask(service, `/v1/tasks/${encodeURIComponent(taskId)}`)
    const task = response.ok ? ((await response.json()) as { readonly agent_id?: unknown }) : undefined
    if (task?.agent_id !== service.workflowId) return false
    ownTasks.add(taskId)
    return true
  }

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://demo.invalid')
    const route = routes.find(({ method, pattern }) => method === request.method && pattern.test(url.pathname))
    const id = decodeURIComponent(route?.pattern.exec(url.pathname)?.[1] ?? '')
    // Another site that is open in the same browser must not spend this key.
    if (!isSameOrigin(request)) return refuse(response, 403, 'This address is for the demo page only')
    if (route === undefined) return refuse(response, 404, 'The demo forwards only what the client needs')
    if (route.of === 'workflow' ? id !== service.workflowId : !(await isOwnTask(id))) return refuse(response, 404, 'Not found')
    const body = await readBody(request)
    if (body === undefined) return refuse(response, 413, 'The request is too large')

    const leaving = new AbortController()
    // Nobody listens any more: that closes the stream. A stop that was asked for is carried out all the same.
    if (route.isStream) response.on('close', () => { leaving.abort() })
    const answered = await ask(service, url.pathname + url.search, { method: route.method, body, signal: leaving.signal })
    await passOn(answered, response)
  }

  return (request, response) => {
    answer(request, response).catch(() => {
      if (response.headersSent) response.destroy()
      else refuse(response, 502, 'The service could not be reached')
    })
  }
}

const routes = [
  { method: 'POST', pattern: /^\/v1\/workflows\/([^/]+)\/invoke\/stream$/, of: 'workflow', isStream: true },
  { method: 'GET', pattern: /^\/v1\/workflows\/([^/]+)\/nodes$/, of: 'workflow', isStream: false },
  { method: 'GET', pattern: /^\/v1\/tasks\/([^/]+)$/, of: 'task', isStream: false },
  { method: 'POST', pattern: /^\/v1\/tasks\/([^/]+)\/stop$/, of: 'task', isStream: false },
  { method: 'GET', pattern: /^\/v1\/tasks\/([^/]+)\/thread$/, of: 'task', isStream: false },
] as const

/** Name and description of the workflow; the rest of the record may hold credentials and stays here. */
export async function describeWorkflow(service: Service): Promise<DemoWorkflow> {
  const { workflowId: id } = service
  try {
    const response = await ask(service, `/v1/workflows/${encodeURIComponent(id)}`)
    const { name, description } = (await response.json()) as { readonly name?: unknown; readonly description?: unknown }
    return { id, name: typeof name === 'string' ? name : id, description: typeof description === 'string' ? description : '' }
  } catch {
    return { id, name: id, description: '' }
  }
}

interface Asked {
  readonly method?: string
  readonly body?: Buffer
  readonly signal?: AbortSignal
}

function ask(service: Service, path: string, { method = 'GET', body, signal }: Asked = {}): Promise<Response> {
  const hasBody = body !== undefined && body.length > 0
  return fetch(service.baseUrl + path, {
    method,
    headers: {
      'x-api-key': service.apiKey,
      accept: method === 'POST' && hasBody ? 'text/event-stream' : 'application/json',
      ...(hasBody ? { 'content-type': 'application/json' } : {}),
    },
    redirect: 'error',
    ...(hasBody ? { body: new Uint8Array(body) } : {}),
    ...(signal === undefined ? {} : { signal }),
  })
}

async function passOn(answered: Response, response: ServerResponse): Promise<void> {
  response.statusCode = answered.status
  for (const name of passedHeaders) {
    const value = answered.headers.get(name)
    if (value !== null) response.setHeader(name, value)
  }
  response.setHeader('cache-control', 'no-store')
  response.flushHeaders()
  if (answered.body === null) response.end()
  else await pipeline(chunksOf(answered.body), response)
}

async function* chunksOf(body: ReadableStream<Uint8Array>): AsyncGenerator<Uint8Array> {
  const reader = body.getReader()
  for (let read = await reader.read(); !read.done; read = await reader.read()) yield read.value
}

function isSameOrigin({ headers: { origin, host } }: IncomingMessage): boolean {
  return origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = []
  let length = 0
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length
    if (length > maxBodyBytes) return undefined
    parts.push(part)
  }
  return Buffer.concat(parts)
}

function refuse(response: ServerResponse, status: number, detail: string): void {
  response.statusCode = status
  response.setHeader('content-type', 'application/json')
  response.end(JSON.stringify({ detail }))
}
