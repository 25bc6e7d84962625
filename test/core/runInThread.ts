import { Worker } from 'node:worker_threads'
import type { Outcome, Report } from './run.ts'

/** The main job in another thread of Node. */
export async function runInThread(script: string, baseUrl: string, onText: () => void): Promise<Outcome> {
  const worker = new Worker(new URL(`data:text/javascript,${encodeURIComponent(script)}`), { workerData: baseUrl })
  try {
    return await new Promise<Outcome>((resolve, reject) => {
      worker.on('message', (report: Report) => {
        if (report === 'text') onText()
        else resolve(report)
      })
      worker.once('error', reject)
    })
  } finally {
    await worker.terminate()
  }
}
