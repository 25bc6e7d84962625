import type { ReactElement } from 'react'
import { useState } from 'react'
import { formatNumber } from './time.ts'

const firstCharacters = 20_000

/** Text as it is, or a value as indented JSON, in a box that scrolls by keyboard too. */
export function Code({ label, value }: { readonly label: string; readonly value: unknown }): ReactElement {
  const [isWhole, setWhole] = useState(false)
  const text = typeof value === 'string' ? value : JSON.stringify(value, null, 2)
  const isCut = !isWhole && text.length > firstCharacters
  return (
    <>
      <pre className="code" tabIndex={0} role="group" aria-label={label}>{isCut ? text.slice(0, firstCharacters) : text}</pre>
      {isCut && (
        <button type="button" className="button small" onClick={() => { setWhole(true) }}>
          Show all {formatNumber(text.length)} characters
        </button>
      )}
    </>
  )
}
