import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { connectionChip, run, waitForStatus } from './pageActions.ts'

const demo = demoForTests({ mayComplain: true })

const faults = (init: RequestInit): Promise<Response> =>
  fetch(`${demo.url()}api/demo/faults`, { ...init, headers: { 'content-type': 'application/json' } })

/** Another page with the address of a run, opened while the service is down. */
async function openUnread(): Promise<Page> {
  const page = await demo.open('approval')
  await run(page, 'Offer for Ada')
  await waitForStatus(page, 'Paused')
  await faults({ method: 'POST', body: JSON.stringify({ fault: 'down', isOn: true }) })
  const other = await page.context().newPage()
  await other.goto(page.url())
  return other
}

it('a run in the address that cannot be read is said to be no more than that, until it is read', async () => {
  const page = await openUnread()

  await waitForStatus(page, 'Reading the run')
  await page.locator('.run-header').getByText(/^The run in the address could not be read yet\. Try \d+ in \d+ s\.$/).waitFor()
  const title = await page.locator('.conversation .empty-title').allInnerTexts()
  await faults({ method: 'DELETE' })
  await waitForStatus(page, 'Paused')

  expect(title).toEqual(['Reading the run'])
  expect(await page.locator('.turn-input').innerText()).toContain('Offer for Ada')
  expect(await page.locator('.conversation .empty').count()).toBe(0)
  await page.close()
})

it('a run that was given up before it was read can be followed', async () => {
  const page = await openUnread()
  const line = page.locator('.run-header .line-state')

  await connectionChip(page, 'Connection lost').waitFor()
  await waitForStatus(page, 'Not read')
  const words = await line.locator('p').innerText()
  await faults({ method: 'DELETE' })
  await line.getByRole('button', { name: 'Follow again' }).click()
  await waitForStatus(page, 'Paused')

  expect(words).toBe('Given up: the run in the address could not be read. It may go on.')
  expect(await page.locator('.turn-input').innerText()).toContain('Offer for Ada')
  await page.close()
})

it('a run that nobody knows is not offered to be followed', async () => {
  const page = await demo.open('question-and-answer')

  await page.goto(`${page.url()}&task=nobodys`)
  await waitForStatus(page, 'Not read')
  const line = page.locator('.run-header .line-state')

  expect(await line.innerText()).toBe('The run in the address could not be read.')
  expect(await line.getByRole('button').count()).toBe(0)
})
