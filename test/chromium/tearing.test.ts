import { expect, it } from 'vitest'
import { storiesForTests } from './storyTab.ts'

const stories = storiesForTests('../chromium/tearingPage.tsx')

// Law 5 (no tearing). Broken by: useSelection.ts reading the store with an effect of its own instead of `useStore`.
it('shows status, text and timeline of one moment only, while transitions render under a stream', async () => {
  const service = stories.service()
  const tab = await stories.open()
  await tab.run()
  await expect.poll(() => service.taskIds().length, { timeout: 15_000 }).toBe(1)

  for (let piece = 0; piece < 60; piece += 1) {
    service.say('word ')
    if (piece % 3 === 0) service.callTool(`tool-${piece}`)
    // Each piece comes to the page by itself.
    await tab.evaluate(() => new Promise((resolve) => { requestAnimationFrame(resolve) }))
  }
  service.finish('word '.repeat(60))
  await tab.shows('status', 'over')

  const { held, shown } = await tab.evaluate(() => {
    const page = window as unknown as { readonly held: ReadonlySet<string>; readonly shown: readonly string[] }
    return { held: [...page.held], shown: [...new Set(page.shown)] }
  })
  expect(shown.length).toBeGreaterThan(10)
  expect(shown.filter((mix) => !held.includes(mix))).toEqual([])
  expect(shown.at(-1)).toBe('completed 300 20')
})
