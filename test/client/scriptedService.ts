/** What a request is for. */
export type Route = 'invoke' | 'events' | 'task' | 'thread' | 'stop' | 'nodes'

/** JSON, a status that refuses, an error that breaks the line, or a function that answers. */
export type Answer = object | number | Error | ((signal: AbortSignal | null | undefined) => Response | Promise<Response>)

export interface SentRequest {
  readonly route: Route
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly at: number
  readonly signal: AbortSignal | null | undefined
}

/** A service that answers what the test says, and remembers every request. */
export interface ScriptedService {
  readonly fetch: typeof globalThis.fetch
  /** What a kind of request is answered with, one after the other; the last answer is given again and again. */
  readonly answer: (route: Route, ...answers: readonly Answer[]) => void
  readonly sent: readonly SentRequest[]
  readonly count: (route: Route) => number
  /** When the requests of a kind were made, in milliseconds since that time. */
  readonly timesOf: (route: Route, since: number) => readonly number[]
}

const ROUTES: readonly (readonly [RegExp, Route])[] = [
  [/\/invoke\/stream/, 'invoke'], [/\/events$/, 'events'], [/\/thread$/, 'thread'], [/\/stop$/, 'stop'], [/\/nodes$/, 'nodes'], [/\/tasks\/[^/]+$/, 'task'],
]

export function createScriptedService(): ScriptedService {
  const answers = new Map<Route, readonly Answer[]>()
  const sent: SentRequest[] = []
  const requestsOf = (route: Route): readonly SentRequest[] => sent.filter((request) => request.route === route)
  return {
    sent,
    answer(route, ...given) { answers.set(route, given) },
    count: (route) => requestsOf(route).length,
    timesOf: (route, since) => requestsOf(route).map(({ at }) => at - since),
    async fetch(input, init) {
      const url = input as string
      const route = ROUTES.find(([pattern]) => pattern.test(url))?.[1]
      if (route === undefined) throw new Error(`no route for ${url}`)
      const signal = init?.signal
      sent.push({ route, method: init?.method ?? 'GET', url, headers: new Headers(init?.headers), at: Date.now(), signal })
      const [answer = 404, ...later] = answers.get(route) ?? []
      if (later.length > 0) answers.set(route, later)
      if (answer instanceof Error) throw answer
      if (typeof answer === 'function') return (answer as (signal: AbortSignal | null | undefined) => Promise<Response>)(signal)
      return typeof answer === 'number' ? Response.json({ detail: 'no' }, { status: answer }) : Response.json(answer)
    },
  }
}

/** An answer that never comes. */
export const silence = (): Promise<Response> => new Promise(() => undefined)

/** An answer that the test gives when it wants to. */
export function later(): { readonly answer: () => Promise<Response>; readonly give: (body: object) => void } {
  let give: (body: object) => void = () => undefined
  const response = new Promise<Response>((resolve) => { give = (body) => { resolve(Response.json(body)) } })
  return { answer: () => response, give }
}
