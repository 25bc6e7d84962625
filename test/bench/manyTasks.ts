import type { Throttle, WorkflowClient } from 'use-workflow-stream/core'
import { openOurs } from './contenders.ts'
import { medians, timed } from './measure.ts'
import { createMemoryService } from './memoryService.ts'
import type { Row } from './row.ts'
import { createWire, cutFrames, nodeId } from './wire.ts'

const tasks = 200
const rounds = 50

/** Many runs at once in one store, against the same runs each alone in a store of its own. */
export async function manyTasks(): Promise<Row[]> {
  const runs = Array.from({ length: tasks }, (_, at) => writeRun(`task-${at}`))
  const events = runs.reduce((sum, run) => sum + run.length, 0)
  const open = (throttle: Throttle): WorkflowClient =>
    openOurs(createMemoryService((url) => runs[Number(/version=(\d+)/.exec(url)?.[1])]!), { throttle, maxTasks: tasks })
  const rows: Row[] = []
  for (const [pace, throttle] of [['each event by itself', false], ['as fast as they come', 'frame']] as const) {
    const { alone, together } = await medians(3, {
      alone: () => timed(async () => { for (const at of runs.keys()) await settle(open(throttle), at) }),
      together: () => timed(() => {
        const client = open(throttle)
        return Promise.all(runs.map((_, at) => settle(client, at)))
      }),
    })
    rows.push({
      what: `${tasks} tasks at once in one store, ${pace}`,
      unit: `× one task (${((alone / events) * 1000).toFixed(1)} µs an event)`,
      measured: together / alone,
      bar: 1.5,
    })
  }
  return rows
}

async function settle(client: WorkflowClient, at: number): Promise<void> {
  const { status } = await client.submit({ workflowId: 'flow', version: at, input: 'Hi' }).settled
  if (status !== 'completed') throw new Error(`The run did not end well: ${status}`)
}

function writeRun(taskId: string): Uint8Array[] {
  const wire = createWire(taskId)
  const frames = [wire.created()]
  for (let round = 0; round < rounds; round += 1) {
    const node = nodeId(round % 5)
    frames.push(wire.request(String(round), node), wire.chunk('some '), wire.chunk('words '), wire.result(String(round), node))
  }
  return cutFrames([...frames, wire.finished('Done.')])
}
