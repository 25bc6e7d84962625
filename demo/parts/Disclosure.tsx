import type { ReactElement, ReactNode } from 'react'
import { useId, useState } from 'react'
import { Icon } from './Icon.tsx'

export interface DisclosureProps {
  readonly summary: ReactNode
  readonly children: ReactNode
  readonly className?: string
  readonly startsOpen?: boolean
}

/** A button that opens what belongs to it; the content exists only while it is open. */
export function Disclosure({ summary, children, className = 'disclosure', startsOpen = false }: DisclosureProps): ReactElement {
  const [isOpen, setOpen] = useState(startsOpen)
  const contentId = useId()
  return (
    <>
      <button
        type="button"
        className={className}
        aria-expanded={isOpen}
        aria-controls={isOpen ? contentId : undefined}
        onClick={() => { setOpen(!isOpen) }}
      >
        <Icon name="chevron" />
        {summary}
      </button>
      {isOpen && <div id={contentId} className={`${className}-content`}>{children}</div>}
    </>
  )
}
