import { setFault } from './faultState.ts'

/**
 * Makes this page believe that it has no network: the browser's own switch is in its developer tools, where no page
 * reaches it. What the browser would say is said here, and the server, which breaks the line and answers nothing, plays
 * the network that is gone.
 */
export function pretendOffline(isOffline: boolean): void {
  if (isOffline === !navigator.onLine) return
  if (isOffline) {
    Object.defineProperty(navigator, 'onLine', { configurable: true, value: false })
    addEventListener('pagehide', endAtServer)
    dispatchEvent(new Event('offline'))
    return
  }
  removeEventListener('pagehide', endAtServer)
  Reflect.deleteProperty(navigator, 'onLine')
  dispatchEvent(new Event('online'))
}

/** The page that comes after this one knows nothing of the switch. */
function endAtServer(): void {
  setFault({ fault: 'offline', isOn: false }, true).catch(() => undefined)
}
