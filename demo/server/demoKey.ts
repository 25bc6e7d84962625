import type { Connect } from 'vite'

/** The name of the header that the page sends its key in. */
export const demoKeyHeader = 'x-demo-key'

/** A key such as a page gets from its own server, for as long as that lets it in. */
export interface IssuedKey {
  readonly current: () => string
  readonly isFresh: () => boolean
  readonly expire: () => void
  /** Answers 401 to what comes without the newest key; routes that steer the simulator need none. */
  readonly check: Connect.NextHandleFunction
}

/** Issues keys, one after the other. */
export function issueKey(): IssuedKey {
  let number = 1
  let isFresh = false
  const current = (): string => `demo-key-${number}`
  return {
    current,
    isFresh: () => isFresh,
    expire() {
      number += 1
      isFresh = true
    },
    check(request, response, next) {
      if (request.url?.startsWith('/simulator/')) return next()
      if (request.headers[demoKeyHeader] === current()) {
        isFresh = false
        return next()
      }
      response.statusCode = 401
      response.setHeader('content-type', 'application/json')
      response.end(JSON.stringify({ detail: 'The demo key is not, or no longer, valid' }))
    },
  }
}
