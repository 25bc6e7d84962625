import type { ReactElement } from 'react'
import { useId, useState } from 'react'
import { Countdown } from '../parts/Countdown.tsx'
import { Icon } from '../parts/Icon.tsx'
import type { FaultEntry } from './faultList.ts'
import { laws } from './faultList.ts'
import type { Faults } from './useFaults.ts'

export interface FaultItemProps {
  readonly entry: FaultEntry
  readonly faults: Faults
  /** There is something that it could happen to. */
  readonly isPossible: boolean
}

/** One fault: what it is, what becomes of it, and the button that lets it happen. */
export function FaultItem({ entry, faults, isPossible }: FaultItemProps): ReactElement {
  const { name, title, what, law, button: { action, undo, waits, needs } } = entry
  const [frames, setFrames] = useState('12')
  const itemId = useId()
  const isActive = faults.active.some((active) => active === name)
  const canUndo = isActive && undo !== undefined
  const isOff = !canUndo && (!isPossible || (isActive && undo === undefined))

  const act = (): void => {
    if (isOff) return
    if (name === 'reload') location.reload()
    else if (name === 'cutLater') faults.set({ fault: name, isOn: !isActive, afterFrames: Math.max(0, Math.floor(Number(frames))) || 0 })
    else faults.set({ fault: name, isOn: !canUndo })
  }
  return (
    <li className="fault" data-active={isActive}>
      <div className="fault-head">
        <h4 id={itemId}>{title}</h4>
        {name === 'cutLater' && (
          <label className="fault-number">
            <input className="frames" type="number" min={0} max={999} value={frames} disabled={isActive} onChange={(event) => { setFrames(event.target.value) }} /> frames
          </label>
        )}
        <button
          type="button"
          className="button small"
          aria-describedby={`${itemId} ${itemId}-facts`}
          aria-disabled={isOff}
          onClick={act}
        >
          {canUndo ? undo : action}
        </button>
      </div>
      <p>{what}</p>
      <p className="fault-facts" id={`${itemId}-facts`}>
        <span>{laws[law]}</span>
        {!isPossible && needs !== undefined && <span>{missing[needs]}</span>}
        {isActive && (
          <span className="status" data-tone="paused">
            <Icon name="alert" /> {name === 'outage' && faults.backAt !== null ? <>Back in <Countdown until={faults.backAt} /></> : waits}
          </span>
        )}
      </p>
    </li>
  )
}

const missing = { stream: 'Needs an open stream', task: 'Needs a run' } as const
