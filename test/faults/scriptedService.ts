import type { ServerResponse } from 'node:http'
import { answerWith, startStreamServer } from '../transport/streamServer.ts'
import type { ServerRequest, StreamServer } from '../transport/streamServer.ts'

/** How the connection of one stream ends: reset, or as if the body were whole. */
export type Ending = 'reset' | 'end'

/** A recorded run as a real server plays it: the stream breaks where a test says, reading the task tells how it ended. */
export interface ScriptedService extends StreamServer {
  /** How many requests invoked the run of this client. */
  readonly postsOf: (run: string) => number
}

/** Headers that tell the server what becomes of one client's streams: they end after so many bytes each, later ones are whole. */
export const cutHeaders = (run: string, cuts: readonly number[], ending: Ending): Record<string, string> => ({
  'x-run': run, 'x-cuts': cuts.join(','), 'x-ending': ending,
})

export interface Script {
  readonly taskId: string
  /** The frames of the stream, as text. */
  readonly frames: readonly string[]
  /** What `GET /v1/tasks/{id}` answers. */
  readonly record: unknown
  readonly thread?: readonly unknown[]
  /** Whether the rest of a stream can be had, as behind a proxy that keeps it. */
  readonly replays?: boolean
}

export async function startScriptedService({ taskId, frames, record, thread = [], replays = false }: Script): Promise<ScriptedService> {
  const streams = new Map<string, number>()
  const posts = new Map<string, number>()
  const numbered = frames.map((frame, at) => (replays ? `id: log.${at}\n${frame}` : frame))

  const stream = (response: ServerResponse, first: number, headers: ServerRequest['headers']): void => {
    const bytes = Buffer.from(numbered.slice(first).join(''))
    const run = String(headers['x-run'])
    const count = streams.get(run) ?? 0
    streams.set(run, count + 1)
    const cut = Number(String(headers['x-cuts']).split(',')[count] || bytes.length)
    const ending = headers['x-ending']
    response.writeHead(200, { 'content-type': 'text/event-stream', ...(replays ? { 'x-workflow-replay': '1' } : {}) })
    response.flushHeaders()
    const isWhole = cut >= bytes.length
    response.write(bytes.subarray(0, cut), () => {
      if (isWhole || ending === 'end') response.end()
      else response.destroy()
    })
  }

  const answer = (response: ServerResponse, { method, url, headers }: ServerRequest): void => {
    if (method === 'POST' && url.endsWith('/invoke/stream')) {
      const run = String(headers['x-run'])
      posts.set(run, (posts.get(run) ?? 0) + 1)
      stream(response, 0, headers)
    }
    else if (url === `/v1/tasks/${taskId}/events` && replays) stream(response, 1 + Number(/^log\.(\d+)$/.exec(String(headers['last-event-id']))?.[1]), headers)
    else if (url === `/v1/tasks/${taskId}`) answerWith(response, 200, 'application/json', JSON.stringify(record))
    else if (url === `/v1/tasks/${taskId}/thread`) answerWith(response, 200, 'application/json', JSON.stringify(thread))
    else answerWith(response, 404, 'application/json', '{"detail":"Not found"}')
  }

  const server = await startStreamServer(answer)
  return { ...server, postsOf: (run) => posts.get(run) ?? 0 }
}
