import type { ReactElement } from 'react'
import { useState } from 'react'
import { Panel } from '../parts/Panel.tsx'
import { runKey, useRun } from '../runContext.ts'
import { EventList } from './EventList.tsx'

/** The stream as it came. Closed until somebody asks, because it renders with every event. */
export function EventsPanel(): ReactElement | null {
  const [isOpen, setOpen] = useState(false)
  const key = useRun(runKey)
  if (key === undefined) return null
  const toggle = (
    <button type="button" className="button small" aria-expanded={isOpen} onClick={() => { setOpen(!isOpen) }}>
      {isOpen ? 'Hide raw events' : 'Show raw events'}
    </button>
  )
  return <Panel title="Events" aside={toggle}>{isOpen && <EventList key={key} taskId={key} />}</Panel>
}

