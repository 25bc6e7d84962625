import type { ReactElement } from 'react'
import { useState } from 'react'
import { Icon } from './Icon.tsx'

/** Copies a text and says so in its own name. */
export function CopyButton({ what, text }: { readonly what: string; readonly text: string }): ReactElement {
  const [isCopied, setCopied] = useState(false)
  const copy = (): void => {
    navigator.clipboard.writeText(text).then(() => { setCopied(true) }, () => { setCopied(false) })
  }
  const label = isCopied ? `${what} copied` : `Copy ${what}`
  return (
    <button type="button" className="icon-button" aria-label={label} title={label} onClick={copy} onBlur={() => { setCopied(false) }}>
      <Icon name={isCopied ? 'check' : 'copy'} />
    </button>
  )
}
