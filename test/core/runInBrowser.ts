import type { Page } from 'playwright'
import type { Outcome, Report } from './run.ts'

export type WorkerKind = 'web worker' | 'service worker'

/** The main job in a module worker of this page, whose script is `/worker.js`. */
export async function runInBrowser(page: Page, kind: WorkerKind, baseUrl: string, onText: () => void): Promise<Outcome> {
  await page.exposeFunction('tellText', onText)
  return page.evaluate(async ([url, kindOfWorker]) => {
    const { port1, port2 } = new MessageChannel()
    const outcome = new Promise<Outcome>((resolve) => {
      port1.onmessage = ({ data }: MessageEvent<Report>) => {
        if (data === 'text') (window as typeof window & { tellText: () => void }).tellText()
        else resolve(data)
      }
    })
    if (kindOfWorker === 'web worker') {
      new Worker('/worker.js', { type: 'module' }).postMessage(url, [port2])
    } else {
      await navigator.serviceWorker.register('/worker.js', { type: 'module' })
      const { active } = await navigator.serviceWorker.ready
      active?.postMessage(url, [port2])
    }
    return outcome
  }, [baseUrl, kind] as const)
}
