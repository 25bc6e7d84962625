import type { ReactElement } from 'react'
import { useState } from 'react'
import { PageHeader } from '../PageHeader.tsx'
import { Icon } from '../parts/Icon.tsx'
import { FaultDrawer } from './FaultDrawer.tsx'
import { useFaults } from './useFaults.ts'

/** The page's header in front of the simulator, with the drawer of faults that it opens. */
export function HeaderWithFaults(): ReactElement {
  const [isOpen, setOpen] = useState(false)
  const faults = useFaults()
  const { length } = faults.active
  return (
    <>
      <PageHeader mode="simulator">
        <button
          type="button"
          className="button small faults-button"
          aria-expanded={isOpen}
          aria-haspopup="dialog"
          onClick={() => { setOpen(!isOpen) }}
        >
          <Icon name="bolt" />
          Faults
          {length > 0 && <><span className="count">{length}</span> <span className="visually-hidden">set</span></>}
        </button>
      </PageHeader>
      {isOpen && <FaultDrawer faults={faults} onClose={() => { setOpen(false) }} />}
    </>
  )
}
