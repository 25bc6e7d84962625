import { expect, it } from 'vitest'
import { storiesForTests } from './storyTab.ts'

const stories = storiesForTests()

// Law 1. What Chromium itself does is no POST of ours; that its key is one lets a server tell. Broken by: no key
// that is sent (requests.ts), or a POST that is sent again when there was no answer.
it('shows one run when Chromium sends the POST again whose connection died before the answer, with the same key', async () => {
  const service = stories.service()
  const tab = await stories.open()
  service.killPosts(1)

  await tab.run()
  await tab.shows('status', 'executing open')
  service.finish('once upon a time')

  await tab.shows('status', 'completed closed')
  await tab.shows('text', 'once upon a time')
  await tab.shows('turns', '1')
  const posts = service.posts()
  expect(posts).toHaveLength(2)
  expect(await tab.invokes()).toBe(1)
  expect(posts.map(({ body }) => body)).toEqual(['{"input":{"text":"Hi"}}', '{"input":{"text":"Hi"}}'])
  expect(posts[0]?.headers['idempotency-key']).toMatch(/^submit-/)
  expect(posts[1]?.headers['idempotency-key']).toBe(posts[0]?.headers['idempotency-key'])
  expect(service.taskIds()).toEqual(['task-1'])
})

it('says that a run may have begun when each connection died before the answer, and sends nothing again', async () => {
  const service = stories.service()
  const tab = await stories.open()
  service.killPosts(Infinity)

  await tab.run()

  await tab.shows('status', 'error closed network')
  expect(await tab.invokes()).toBe(1)
  // Chromium tries each connection that it has, then a new one.
  expect(service.posts().length).toBeGreaterThan(1)
  expect(new Set(service.posts().map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
})
