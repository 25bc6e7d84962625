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
    const [content, end] = [contentRef.current, endRef.current]
    if (content === null || end === null) return
    // Where only the page scrolls, as on a phone, the page is what the end has to be seen in: hence no root.
    const watcher = new IntersectionObserver(([entry]) => {
      isFollowing.current = entry?.isIntersecting === true
      setAtEnd(isFollowing.current)
    }, { rootMargin: '0px 0px 40px 0px' })
    const growth = new ResizeObserver(() => {
      if (isFollowing.current) end.scrollIntoView({ block: 'nearest' })
    })
    watcher.observe(end)
    growth.observe(content)
    return () => {
      watcher.disconnect()
      growth.disconnect()
    }
  }, [])

  const jumpToEnd = (): void => {
    isFollowing.current = true
    endRef.current?.scrollIntoView({ block: 'nearest' })
  }

  // A turn that was just sent is what the reader wants to see.
  useEffect(() => {
    if (turnCount === 0) return
    isFollowing.current = true
    endRef.current?.scrollIntoView({ block: 'nearest' })
  }, [turnCount])

  return { scrollerRef, contentRef, endRef, isAtEnd, jumpToEnd }
}
