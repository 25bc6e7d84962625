import type { ServerResponse } from 'node:http'
import { createFrames } from '../frames.ts'
import type { Frames } from '../frames.ts'
import { answerWith, openStream, startStreamServer } from '../transport/streamServer.ts'
import type { ServerRequest } from '../transport/streamServer.ts'

/** A site on real sockets: its page, and a service whose runs do what the test says, whether somebody listens or not. */
export interface HandService {
  readonly url: string
  /** Every POST that invoked a run, those too that died unanswered. */
  readonly posts: () => readonly ServerRequest[]
  /** How often a task was read. */
  readonly reads: () => number
  /** Ids of the runs that were started. */
  readonly taskIds: () => readonly string[]
  /** Of the newest run, unless another is named. */
  readonly say: (text: string, taskId?: string) => void
  readonly callTool: (id: string) => void
  readonly finish: (result: string, taskId?: string) => void
  /** Breaks every stream, as a network may. */
  readonly breakLines: () => void
  /** So many of the next POSTs are received whole, and then their connections die. */
  readonly killPosts: (count: number) => void
  readonly close: () => Promise<void>
}

interface Run {
  readonly frames: Frames
  readonly record: Record<string, unknown>
  readonly streams: Set<ServerResponse>
}

const html = '<!doctype html><title>Page</title><link rel="icon" href="data:,">'

export async function startHandService(script: string): Promise<HandService> {
  const runs = new Map<string, Run>()
  let deaths = 0

  const start = (response: ServerResponse, input: unknown): void => {
    const id = `task-${runs.size + 1}`
    const now = new Date()
    const run: Run = {
      frames: createFrames(id, now.getTime()), streams: new Set([openStream(response)]),
      record: { id, agent_id: 'story', status: 'executing', input, created_at: now.toISOString(), result: null },
    }
    runs.set(id, run)
    tell(run, run.frames.created({ agent_id: 'story' }), run.frames.updated())
  }
  const tell = ({ streams }: Run, ...frames: readonly unknown[]): void => {
    for (const stream of streams) for (const frame of frames) stream.write(`data: ${JSON.stringify(frame)}\n\n`)
  }
  const runOf = (taskId = `task-${runs.size}`): Run => {
    const run = runs.get(taskId)
    if (!run) throw new Error(`${taskId} was not started`)
    return run
  }

  const isInvoke = ({ method, url }: ServerRequest): boolean => method === 'POST' && url.endsWith('/invoke/stream')
  const answer = (response: ServerResponse, request: ServerRequest): void => {
    const [, taskId = '', part] = /\/v1\/tasks\/([^/]+)(\/thread)?$/.exec(request.url) ?? []
    const run = runs.get(taskId)
    if (isInvoke(request)) {
      if (deaths > 0) {
        deaths -= 1
        response.destroy()
      } else start(response, (JSON.parse(request.body) as { readonly input: unknown }).input)
    }
    else if (request.url === '/page.js') answerWith(response, 200, 'text/javascript', script)
    else if (request.url.endsWith('/nodes')) answerWith(response, 200, 'application/json', '[]')
    else if (request.url.includes('/v1/')) answerWith(response, run ? 200 : 404, 'application/json', JSON.stringify(part ? [] : run?.record ?? {}))
    else answerWith(response, 200, 'text/html', request.url.startsWith('/away') ? html : `${html}<script type="module" src="/page.js"></script>`)
  }

  const server = await startStreamServer(answer)
  return {
    url: server.url,
    posts: () => server.requests.filter(isInvoke),
    reads: () => server.requests.filter(({ method, url }) => method === 'GET' && /\/v1\/tasks\/[^/]+$/.test(url)).length,
    taskIds: () => [...runs.keys()],
    say(text, taskId) {
      const run = runOf(taskId)
      tell(run, run.frames.chunk(text))
    },
    callTool(id) {
      const run = runOf()
      tell(run, run.frames.request({ request_id: id, tool_call_id: id, operation_id: id, graph_node_id: id }))
    },
    finish(result, taskId) {
      const run = runOf(taskId)
      Object.assign(run.record, { status: 'completed', result, finished_at: new Date().toISOString() })
      tell(run, run.frames.finished(run.record))
      for (const stream of run.streams) stream.end()
    },
    breakLines() {
      for (const { streams } of runs.values()) {
        for (const stream of streams) stream.destroy()
        streams.clear()
      }
    },
    killPosts(count) { deaths = count },
    close: server.close,
  }
}
