import { isTerminal } from '../protocol/task.ts'
import type { RunStatus } from './taskState.ts'

/** The task has a terminal status. */
export const isSettled = (status: RunStatus): boolean => isTerminal(status)

/** The task is under way, whatever our line to it is. */
export const isRunning = (status: RunStatus): boolean => status !== 'idle' && !isSettled(status)
