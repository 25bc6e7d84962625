import { parentPort, workerData } from 'node:worker_threads'
import { run } from './run.ts'

await run(workerData as string, (report) => { parentPort?.postMessage(report) })
