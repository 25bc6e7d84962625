import type { ReactElement } from 'react'
import { Icon } from './Icon.tsx'
import type { Look } from './words.ts'

/** A state as picture and word; `isChip` sets it in a pill. */
export function StatusLabel({ look, isChip = false }: { readonly look: Look; readonly isChip?: boolean }): ReactElement {
  return (
    <span className={isChip ? 'status chip' : 'status'} data-tone={look.tone}>
      <Icon name={look.icon} />
      {look.word}
    </span>
  )
}
