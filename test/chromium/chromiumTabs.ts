import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromiumArguments, chromiumPath } from '../browser/chromiumPath.ts'
import { openDevtools } from './devtools.ts'
import type { Send } from './devtools.ts'

/** A Chromium that is told what to do over its own protocol. */
export interface ChromiumTabs {
  /** Whether it can keep a page that is left as it was; a Chromium without windows cannot. */
  readonly keepsPages: boolean
  readonly open: (url: string) => Promise<Tab>
  readonly close: () => Promise<void>
}

/** A tab of it, which all of its life can happen to. */
export interface Tab {
  /** Runs a function of the page's own world: it refers to nothing outside of it. */
  readonly evaluate: <Value, Argument = undefined>(run: (argument: Argument) => Value, argument?: Argument) => Promise<Value>
  readonly send: Send
  readonly hide: () => Promise<void>
  readonly show: () => Promise<void>
  /** A hidden tab in which nothing runs any more. */
  readonly freeze: () => Promise<void>
  readonly setOffline: (isOffline: boolean) => Promise<void>
  readonly goTo: (url: string) => Promise<void>
  readonly reload: () => Promise<void>
  readonly close: () => Promise<void>
}

/**
 * Starts it. Playwright, which drives the other tests, keeps every page visible and puts none into the back-forward
 * cache; here a tab is what it is for a user.
 */
export async function startChromium(): Promise<ChromiumTabs> {
  const folder = await mkdtemp(join(tmpdir(), 'use-workflow-stream-chromium-'))
  const child = spawn(
    await chromiumPath(),
    [...chromiumArguments, '--headless', '--remote-debugging-pipe', `--user-data-dir=${folder}`, 'about:blank'],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  )
  const ended = once(child, 'exit')
  const send = openDevtools(child)
  const { product } = await send<{ product: string }>('Browser.getVersion')
  return {
    keepsPages: !product.startsWith('HeadlessChrome'),
    async open(url) {
      const { targetId } = await send<{ targetId: string }>('Target.createTarget', { url })
      const { sessionId } = await send<{ sessionId: string }>('Target.attachToTarget', { targetId, flatten: true })
      return createTab((method, fields) => send(method, fields, sessionId), () => send('Target.closeTarget', { targetId }))
    },
    async close() {
      await send('Browser.close')
      await ended
      await rm(folder, { recursive: true, force: true, maxRetries: 5 })
    },
  }
}

async function createTab(send: Send, closeTarget: () => Promise<unknown>): Promise<Tab> {
  const setShown = (isShown: boolean): Promise<unknown> => send('Emulation.setFocusEmulationEnabled', { enabled: isShown })
  const setLife = (state: 'frozen' | 'active'): Promise<unknown> => send('Page.setWebLifecycleState', { state })
  await send('Network.enable')
  await setShown(true)
  return {
    send,
    async evaluate(run, argument) {
      const expression = `(${String(run)})(${JSON.stringify(argument) ?? ''})`
      const { result, exceptionDetails } = await send<Evaluated>('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true })
      if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text)
      return result.value as never
    },
    async hide() {
      await setShown(false)
      // What was frozen stays hidden; a headless browser knows no other way to hide one.
      await setLife('frozen')
      await setLife('active')
    },
    async show() {
      await setLife('active')
      await setShown(true)
    },
    async freeze() {
      await setShown(false)
      await setLife('frozen')
    },
    async setOffline(isOffline) {
      await send('Network.emulateNetworkConditions', { offline: isOffline, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
    },
    async goTo(url) { await send('Page.navigate', { url }) },
    async reload() { await send('Page.reload') },
    async close() { await closeTarget() },
  }
}

interface Evaluated {
  readonly result: { readonly value?: unknown }
  readonly exceptionDetails?: { readonly text: string; readonly exception?: { readonly description?: string } }
}
