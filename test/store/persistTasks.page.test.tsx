import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { chunk } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import { openTab, running } from './persisted.ts'

beforeEach(() => { vi.useFakeTimers() })
afterEach(() => {
  vi.useRealTimers()
  vi.restoreAllMocks()
  localStorage.clear()
})

const hide = (isHidden: boolean): void => {
  vi.spyOn(document, 'hidden', 'get').mockReturnValue(isHidden)
  document.dispatchEvent(new Event('visibilitychange'))
}

it.each([
  { moment: 'the page goes away', go: () => { window.dispatchEvent(new Event('pagehide')) } },
  { moment: 'the page gets hidden', go: () => { hide(true) } },
])('writes at once when $moment', ({ go }) => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...running('a'))
  expect(storage.items.size).toBe(0)

  go()

  expect(storage.items.size).toBe(2)
  expect(vi.getTimerCount()).toBe(0)
  tab.close()
})

it('writes nothing then when nothing changed, or when the page is shown', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...running('a'))
  hide(false)
  expect(storage.items.size).toBe(0)
  vi.advanceTimersByTime(1000)
  storage.calls.length = 0

  window.dispatchEvent(new Event('pagehide'))
  hide(true)

  expect(storage.calls).toEqual([])
  tab.close()
})

it('listens no longer when it was stopped', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.close()
  storage.calls.length = 0

  tab.apply(...running('a'))
  window.dispatchEvent(new Event('pagehide'))
  hide(true)

  expect(storage.calls).toEqual([])
})

it('keeps tasks in local storage when it is told no other', () => {
  const tab = openTab(persistTasks())
  tab.apply(...running('a'), chunk('lo', { task: 'a' }))
  tab.close()

  const next = openTab(persistTasks())

  expect(next.tasks()).toMatchObject({ a: { text: 'Hello' } })
  expect(localStorage).toHaveLength(2)
  next.close()
})
