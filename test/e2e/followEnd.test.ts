import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { run, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage

beforeAll(async () => {
  demo = await startDemo({ speed: 5, environment: {} })
})
afterAll(() => demo.close())
afterEach(async () => {
  expect(opened.problems).toEqual([])
  await opened.close()
})

const recommendation = 'keep the price of cargo bikes'

it('follows the text while the reader is at its end', async () => {
  opened = await demo.open({ height: 600 })
  const { page } = opened

  await run(page)
  await waitForStatus(page, 'Completed')

  await expect.poll(() => page.locator('.conversation-scroller').evaluate((box) => Math.round(box.scrollHeight - box.scrollTop - box.clientHeight))).toBe(0)
  expect(await page.locator('.conversation-scroller').evaluate((box) => box.scrollTop)).toBeGreaterThan(0)
})

it('leaves a reader alone who went back', async () => {
  opened = await demo.open({ height: 600 })
  const { page } = opened
  const scroller = page.locator('.conversation-scroller')

  await run(page)
  await page.getByRole('heading', { name: 'Figures' }).waitFor()
  await scroller.evaluate((box) => { box.scrollTop = 0 })
  await page.getByRole('button', { name: 'To the end' }).waitFor()
  await waitForStatus(page, 'Completed')

  expect(await scroller.evaluate((box) => box.scrollTop)).toBe(0)
  await page.getByRole('button', { name: 'To the end' }).click()
  await page.getByRole('button', { name: 'To the end' }).waitFor({ state: 'detached' })
  expect(await page.getByText(recommendation).first().isVisible()).toBe(true)
})

it('leaves the page of a phone alone when its reader looks at the timeline', async () => {
  opened = await demo.open({ width: 390, height: 700 })
  const { page } = opened

  await run(page)
  await waitForStatus(page, 'Running')
  await page.getByRole('heading', { name: 'Timeline' }).evaluate((title) => { title.scrollIntoView({ block: 'start' }) })
  const topOf = (): Promise<number> => page.getByRole('heading', { name: 'Timeline' }).evaluate((title) => Math.round(title.getBoundingClientRect().top))
  const before = await topOf()
  await waitForStatus(page, 'Completed')

  // The text above grew by much more than this; the browser holds what is being read where it is.
  expect(Math.abs((await topOf()) - before)).toBeLessThan(40)
})
