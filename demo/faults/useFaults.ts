import { useCallback, useEffect, useState } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { useRun } from '../runContext.ts'
import type { FaultRequest, FaultState } from './faultState.ts'
import { clearFaults, fetchFaults, noFaults, setFault } from './faultState.ts'
import { pretendOffline } from './pretendOffline.ts'

export interface Faults {
  readonly active: FaultState['active']
  /** While the server is down for a time: until when, by our clock. */
  readonly backAt: number | null
  readonly problem: string | undefined
  readonly set: (request: FaultRequest) => void
  readonly clear: () => void
}

/** The faults of the simulator, looked at again whenever the run took a step that may have used one up. */
export function useFaults(): Faults {
  const [{ active, backAt }, setState] = useState<Pick<Faults, 'active' | 'backAt'>>({ active: noFaults.active, backAt: null })
  const [problem, setProblem] = useState<string>()
  const step = useRun(selectStep)

  const take = useCallback((asked: Promise<FaultState>): void => {
    asked.then(
      ({ active: names, backInMs }) => {
        setState({ active: names, backAt: backInMs === null ? null : Date.now() + backInMs })
        setProblem(undefined)
      },
      (error: unknown) => { setProblem(error instanceof Error ? error.message : String(error)) },
    )
  }, [])

  useEffect(() => { take(fetchFaults()) }, [take, step])
  useEffect(() => {
    if (backAt === null) return
    const timer = setTimeout(() => { take(fetchFaults()) }, backAt - Date.now() + 50)
    return () => { clearTimeout(timer) }
  }, [take, backAt])

  return {
    active, backAt, problem,
    set(request) {
      if (request.fault !== 'offline') return take(setFault(request))
      // The browser knows of its network before any request fails, and again before any is made.
      if (request.isOn) pretendOffline(true)
      take(setFault(request).finally(() => { if (!request.isOn) pretendOffline(false) }))
    },
    clear() { take(clearFaults().finally(() => { pretendOffline(false) })) },
  }
}

/** Changes with each step of the run that a fault may be for. */
const selectStep = ({ status, connection, attempt, isStopping, isRunning, turns, text }: WorkflowRun): string =>
  [status, connection, attempt, isStopping, turns.length, isRunning && text === ''].join(' ')
