import { cutRuns } from './cutRuns.ts'
import { largeEvent } from './largeEvent.ts'
import { manyNodes } from './manyNodes.ts'
import { manyRuns } from './manyRuns.ts'
import { manyTasks } from './manyTasks.ts'
import { mixedEvents } from './mixedEvents.ts'
import type { Row } from './row.ts'
import { textPieces } from './textPieces.ts'

/** What is measured, in Node and in Chromium alike. */
export const workloads: Readonly<Record<string, () => Promise<Row[]>>> = { mixedEvents, largeEvent, textPieces, manyNodes, manyTasks, cutRuns, manyRuns }
