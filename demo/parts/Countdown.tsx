import type { ReactElement } from 'react'
import { useNow } from './useNow.ts'

/** Whole seconds until a moment of our own clock. */
export function Countdown({ until }: { readonly until: number }): ReactElement {
  const seconds = Math.max(0, Math.ceil((until - useNow(true)) / 1000))
  return <span className="duration">{seconds} s</span>
}
