import type { ReactElement } from 'react'
import { useEffect, useId, useRef } from 'react'
import type { WorkflowRun } from 'use-workflow-stream'
import { LineState } from '../panels/LineState.tsx'
import { RunChips } from '../panels/RunChips.tsx'
import { Icon } from '../parts/Icon.tsx'
import { useRun } from '../runContext.ts'
import { FaultItem } from './FaultItem.tsx'
import { faultGroups } from './faultList.ts'
import type { Faults } from './useFaults.ts'

export interface FaultDrawerProps {
  readonly faults: Faults
  readonly onClose: () => void
}

/** What can go wrong, at a press: beside the run, so that both are in view. */
export function FaultDrawer({ faults, onClose }: FaultDrawerProps): ReactElement {
  const drawerRef = useRef<HTMLDialogElement>(null)
  const titleId = useId()
  const thereIs = useRun(selectWhatThereIs)

  useEffect(() => {
    const drawer = drawerRef.current
    // Not modal: the run beside it stays in reach. It takes the focus all the same, and gives it back when it closes.
    drawer?.show()
    const onKeyDown = (event: KeyboardEvent): void => { if (event.key === 'Escape') drawer?.close() }
    document.addEventListener('keydown', onKeyDown)
    return () => { document.removeEventListener('keydown', onKeyDown) }
  }, [])

  return (
    <dialog ref={drawerRef} className="drawer" aria-labelledby={titleId} onClose={onClose}>
      <div className="drawer-head">
        <div className="drawer-title">
          <h2 id={titleId}>Faults</h2>
          <button type="button" className="button small" disabled={faults.active.length === 0} onClick={faults.clear}>Take all back</button>
          <button type="button" className="icon-button" aria-label="Close faults" title="Close" onClick={() => drawerRef.current?.close()}><Icon name="close" /></button>
        </div>
        <div className="run-title"><RunChips /></div>
        <LineState />
        {faults.problem !== undefined && <p className="error-text">{faults.problem}</p>}
      </div>
      <div className="drawer-body">
        <p className="note">Let something go wrong and watch what the page makes of it. Nothing here touches a real service.</p>
        {faultGroups.map(({ title, entries }) => (
          <section key={title} className="fault-group" aria-label={title}>
            <h3>{title}</h3>
            <ul role="list">
              {entries.map((entry) => (
                <FaultItem key={entry.name} entry={entry} faults={faults} isPossible={thereIs[entry.button.needs ?? 'page']} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </dialog>
  )
}

const selectWhatThereIs = ({ connection, taskId }: WorkflowRun) => ({ page: true, stream: connection === 'open', task: taskId !== undefined })
