import { vi } from 'vitest'

/** What a browser's page is to the client: its network, whether it is seen, and its events. */
export interface Page {
  readonly setOnline: (isOnline: boolean) => void
  readonly setHidden: (isHidden: boolean) => void
  readonly fire: (name: string) => void
  /** How many listeners it has. */
  readonly listeners: () => number
}

/** Puts a page in place, until globals are restored. */
export function stubPage(): Page {
  const navigator = { onLine: true }
  const page = createTarget()
  const document = Object.assign(createTarget(), { hidden: false })
  vi.stubGlobal('navigator', navigator)
  vi.stubGlobal('document', document)
  vi.stubGlobal('addEventListener', page.addEventListener)
  vi.stubGlobal('removeEventListener', page.removeEventListener)
  return {
    setOnline(isOnline) {
      navigator.onLine = isOnline
      page.fire(isOnline ? 'online' : 'offline')
    },
    setHidden(isHidden) {
      document.hidden = isHidden
      document.fire('visibilitychange')
    },
    fire: page.fire,
    listeners: () => page.count() + document.count(),
  }
}

type Listener = () => void

function createTarget() {
  const listeners = new Map<string, Set<Listener>>()
  const of = (name: string): Set<Listener> => {
    const known = listeners.get(name) ?? new Set()
    listeners.set(name, known)
    return known
  }
  return {
    addEventListener: (name: string, listener: Listener): void => { of(name).add(listener) },
    removeEventListener: (name: string, listener: Listener): void => { of(name).delete(listener) },
    fire: (name: string): void => { for (const listener of [...of(name)]) listener() },
    count: (): number => [...listeners.values()].reduce((sum, { size }) => sum + size, 0),
  }
}
