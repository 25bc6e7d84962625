import type { RefObject } from 'react'
import { useEffect, useRef, useState } from 'react'

export interface FollowEnd {
  readonly scrollerRef: RefObject<HTMLDivElement | null>
  readonly contentRef: RefObject<HTMLDivElement | null>
  /** Goes on an element after the content. */
  readonly endRef: RefObject<HTMLDivElement | null>
  readonly isAtEnd: boolean
  readonly jumpToEnd: () => void
}

/** Keeps the end of growing content in view while the reader is there, and leaves a reader alone who scrolled away. */
export function useFollowEnd(turnCount: number): FollowEnd {
  const scrollerRef = useRef<HTMLDivElement>(null)
  const contentRef = useRef<HTMLDivElement>(null)
  const endRef = useRef<HTMLDivElement>(null)
  const isFollowing = useRef(true)
  const [isAtEnd, setAtEnd] = useState(true)

  useEffect(() => {
    const [scroller, content, end] = [scrollerRef.current, contentRef.current, endRef.current]
    if (scroller === null || content === null || end === null) return
    const look = (): void => {
      isFollowing.current = isInView(end, scroller)
      setAtEnd(isFollowing.current)
    }
    const growth = new ResizeObserver(() => {
      if (isFollowing.current) end.scrollIntoView({ block: 'nearest' })
      else look()
    })
    growth.observe(content)
    // Only a scroll says where the reader wants to be; that the content grew does not. On a phone it is the page that scrolls.
    document.addEventListener('scroll', look, { capture: true, passive: true })
    return () => {
      growth.disconnect()
      document.removeEventListener('scroll', look, { capture: true })
    }
  }, [])

  const jumpToEnd = (): void => { endRef.current?.scrollIntoView({ block: 'nearest' }) }

  // A turn that was just sent is what the reader wants to see.
  useEffect(() => {
    if (turnCount > 0) endRef.current?.scrollIntoView({ block: 'nearest' })
  }, [turnCount])

  return { scrollerRef, contentRef, endRef, isAtEnd, jumpToEnd }
}

/** Layouts end in fractions of a pixel. */
const tolerancePx = 4

function isInView(end: HTMLElement, scroller: HTMLElement): boolean {
  const box = scroller.getBoundingClientRect()
  const { top, bottom } = end.getBoundingClientRect()
  return bottom <= Math.min(box.bottom, innerHeight) + tolerancePx && top >= Math.max(box.top, 0) - tolerancePx
}
