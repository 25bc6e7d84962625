import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { faultItem, openFaults, overflowOf, pressFault, run, waitForStatus } from './pageActions.ts'

const demo = demoForTests()

const post = (body: string, type = 'application/json'): Promise<Response> =>
  fetch(`${demo.url()}api/demo/faults`, { method: 'POST', headers: { 'content-type': type }, body })

it('is opened, worked and closed by keyboard, and gives the focus back', async () => {
  const page = await demo.open('question-and-answer')
  const button = page.getByRole('button', { name: /^Faults/ })
  await button.focus()

  await page.keyboard.press('Enter')
  await page.getByRole('dialog', { name: 'Faults' }).waitFor()
  const isInside = await page.evaluate(() => document.activeElement?.closest('dialog') !== null)
  await faultItem(page, 'A malformed frame').getByRole('button').focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Faults 1 set' }).waitFor()
  await page.keyboard.press('Enter')
  await faultItem(page, 'A malformed frame').getByRole('button', { name: 'Set' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  expect(isInside).toBe(true)
  expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)
})

it('leaves the page beside it in use', async () => {
  const page = await demo.open('question-and-answer')
  await openFaults(page)

  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')

  expect(await page.getByRole('dialog').isVisible()).toBe(true)
})

it('moves nothing when it opens, and is a sheet within the window of a phone', async () => {
  const page = await demo.open('question-and-answer')
  const boxes = (): Promise<string> => page.locator('.page').evaluate((main) => JSON.stringify([...main.querySelectorAll('section, form, header')].map((part) => part.getBoundingClientRect())))
  const before = await boxes()

  const drawer = await openFaults(page)
  const after = await boxes()
  await page.setViewportSize({ width: 390, height: 844 })
  const sheet = await drawer.boundingBox()

  expect(after).toBe(before)
  expect(sheet).toMatchObject({ x: 0, width: 390 })
  expect(sheet!.y + sheet!.height).toBe(844)
  expect(sheet!.y).toBeGreaterThan(200)
  expect(await overflowOf(page)).toBe(0)
})

it('takes everything back at once', async () => {
  const page = await demo.open('question-and-answer')
  await openFaults(page)
  await pressFault(page, 'Every frame twice')
  await pressFault(page, 'Go offline')
  await faultItem(page, 'Go offline').getByText('In force').waitFor()

  await page.getByRole('button', { name: 'Take all back' }).click()
  await faultItem(page, 'Go offline').getByRole('button', { name: 'Go offline' }).waitFor()

  expect(await page.evaluate(() => navigator.onLine)).toBe(true)
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')
})

it('offers nothing that could not happen', async () => {
  const page = await demo.open('question-and-answer')
  await openFaults(page)

  expect(await faultItem(page, 'Cut the line').getByRole('button').getAttribute('aria-disabled')).toBe('true')
  expect(await faultItem(page, 'Reload in the middle').getByRole('button').getAttribute('aria-disabled')).toBe('true')
  expect(await faultItem(page, 'Every frame twice').getByRole('button').getAttribute('aria-disabled')).toBe('false')
})

it.each([
  ['no JSON', '{"fault":', 'application/json'],
  ['a fault that does not exist', '{"fault":"toString","isOn":true}', 'application/json'],
  ['what another site could send', '{"fault":"down","isOn":true}', 'text/plain'],
])('the server refuses %s', async (_what, body, type) => {
  await demo.open('question-and-answer')

  expect((await post(body, type)).status).toBe(400)
  expect(await (await fetch(`${demo.url()}api/demo/faults`)).json()).toEqual({ active: [], backInMs: null })
})
