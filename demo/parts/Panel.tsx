import type { ReactElement, ReactNode } from 'react'
import { useId } from 'react'

export interface PanelProps {
  readonly title: string
  /** Stands at the end of the title's line. */
  readonly aside?: ReactNode
  readonly children: ReactNode
}

/** A titled part of the page. */
export function Panel({ title, aside, children }: PanelProps): ReactElement {
  const titleId = useId()
  return (
    <section className="panel" aria-labelledby={titleId}>
      <div className="panel-head">
        <h2 id={titleId}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  )
}
