import type { ChildProcess } from 'node:child_process'
import type { Readable, Writable } from 'node:stream'

/** Asks the browser, or with a session one of its tabs, and waits for the answer. */
export type Send = <Answer = unknown>(method: string, fields?: object, sessionId?: string) => Promise<Answer>

/** The DevTools protocol over the pipes of a browser that was started with `--remote-debugging-pipe`. */
export function openDevtools(browser: ChildProcess): Send {
  const [, , , asking, answering] = browser.stdio as [null, null, null, Writable, Readable]
  const waiting = new Map<number, { readonly resolve: (answer: unknown) => void; readonly reject: (error: Error) => void }>()
  let asked = 0
  let rest = ''
  answering.setEncoding('utf8')
  answering.on('data', (piece: string) => {
    const messages = (rest + piece).split('\0')
    rest = messages.pop() ?? ''
    for (const message of messages) {
      const { id = 0, result, error } = JSON.parse(message) as { id?: number; result?: unknown; error?: { message: string } }
      const asker = waiting.get(id)
      waiting.delete(id)
      if (error) asker?.reject(new Error(error.message))
      else asker?.resolve(result)
    }
  })
  browser.on('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium is gone'))
  })
  return <Answer>(method: string, fields: object = {}, sessionId?: string) => new Promise<Answer>((resolve, reject) => {
    asked += 1
    waiting.set(asked, { resolve: resolve as (answer: unknown) => void, reject })
    asking.write(`${JSON.stringify({ id: asked, method, params: fields, sessionId })}\0`)
  })
}
