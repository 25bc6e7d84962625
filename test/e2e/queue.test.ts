import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { run, waitForStatus } from './pageActions.ts'

const demo = demoForTests()

/** A run that waits for its approver, with this chosen for what is submitted meanwhile. */
async function busyRun(whenBusy: string): Promise<Page> {
  const page = await demo.open('approval')
  await page.getByText('Options').click()
  await page.getByLabel('If a turn still runs').selectOption(whenBusy)
  await run(page, 'Offer for Ada')
  await waitForStatus(page, 'Paused')
  return page
}

const inputsOf = (page: Page): Promise<string[]> => page.locator('.turn-input .input-text').allInnerTexts()

it('refuses a submit while a turn runs, says why, and keeps what was written', async () => {
  const page = await busyRun('reject')

  await page.getByLabel('Input', { exact: true }).fill('Offer for Bob')
  await page.keyboard.press('Enter')
  await page.getByText('A turn of this task still runs').waitFor()

  expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('Offer for Bob')
  expect(await inputsOf(page)).toEqual(['Offer for Ada'])
})

it('queues submits in order, gives a cancelled one back, and sends the rest when the turn is over', async () => {
  const page = await busyRun('queue')
  for (const text of ['Offer for Bob', 'Offer for Cleo']) {
    await page.getByLabel('Input', { exact: true }).fill(text)
    await page.getByRole('button', { name: 'Add to queue' }).click()
  }
  const queue = page.getByRole('list', { name: 'Queue' })
  await queue.getByText('Offer for Cleo').waitFor()
  const waiting = await queue.locator('.input-text').allInnerTexts()

  await queue.getByRole('listitem').filter({ hasText: 'Offer for Cleo' }).getByRole('button', { name: 'Cancel' }).click()
  await queue.getByText('Offer for Cleo').waitFor({ state: 'detached' })
  const givenBack = await page.getByLabel('Input', { exact: true }).inputValue()
  await page.getByRole('button', { name: 'Release' }).click()
  await page.locator('.turn-input').getByText('Offer for Bob').waitFor()
  await waitForStatus(page, 'Paused')

  expect(waiting).toEqual(['Offer for Bob', 'Offer for Cleo'])
  expect(givenBack).toBe('Offer for Cleo')
  expect(await inputsOf(page)).toEqual(['Offer for Ada', 'Offer for Bob'])
  expect(await queue.count()).toBe(0)
})

it('stops the turn that runs and sends then', async () => {
  const page = await busyRun('replace')

  await page.getByLabel('Input', { exact: true }).fill('Offer for Bob')
  await page.getByRole('button', { name: 'Stop and send' }).click()
  await page.locator('.turn-input').getByText('Offer for Bob').waitFor()
  await waitForStatus(page, 'Paused')

  expect(await inputsOf(page)).toEqual(['Offer for Ada', 'Offer for Bob'])
  expect(await page.locator('.turn').first().textContent()).toContain('Stopped')
})
