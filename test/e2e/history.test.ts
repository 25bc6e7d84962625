import type { Page } from 'playwright'
import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { run, taskIdOf, waitForStatus } from './pageActions.ts'

const demo = demoForTests()

const inputs = (page: Page): Promise<string[]> => page.locator('.turn-input .input-text').allInnerTexts()

const shows = (page: Page, input: string): Promise<void> => page.locator('.turn-input').getByText(input).waitFor()

/** A page with a conversation that is over and a new one that has begun. */
async function openTwo(): Promise<{ readonly page: Page; readonly first: string; readonly second: string }> {
  const page = await demo.open('question-and-answer')
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')
  const first = await taskIdOf(page)
  await page.getByRole('button', { name: 'New conversation' }).click()
  await waitForStatus(page, 'Ready')
  await run(page, 'My name is Grace.')
  await waitForStatus(page, 'Completed')
  return { page, first, second: await taskIdOf(page) }
}

it('Back leads to the conversation before, Forward to the one after, and a reload keeps both steps', async () => {
  const { page, first, second } = await openTwo()

  await page.goBack()
  await shows(page, 'My name is Ada.')
  const before = { inputs: await inputs(page), taskId: await taskIdOf(page), url: page.url() }
  await page.reload()
  await shows(page, 'My name is Ada.')
  const inputOfReloaded = await page.getByLabel('Input', { exact: true }).inputValue()
  await page.goForward()
  await shows(page, 'My name is Grace.')

  expect(before).toEqual({ inputs: ['My name is Ada.'], taskId: first, url: expect.stringContaining(`task=${first}`) as string })
  expect(inputOfReloaded).toBe('')
  expect(await inputs(page)).toEqual(['My name is Grace.'])
  expect(await taskIdOf(page)).toBe(second)
})

it('Back leads out of an empty conversation, and a turn goes where it is shown', async () => {
  const page = await demo.open('question-and-answer')
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')
  await page.getByRole('button', { name: 'New conversation' }).click()
  await waitForStatus(page, 'Ready')

  await page.goBack()
  await waitForStatus(page, 'Completed')
  await run(page, 'What is my name?')
  await page.locator('.turn').nth(1).waitFor()
  await waitForStatus(page, 'Completed')
  const continued = await inputs(page)
  await page.goForward()
  await waitForStatus(page, 'Ready')

  expect(continued).toEqual(['My name is Ada.', 'What is my name?'])
  expect(await inputs(page)).toEqual([])
})

it('a run goes on while another conversation is shown, and Back finds it as it is by then', async () => {
  const page = await demo.open('approval')
  await run(page, 'Offer for Ada')
  await waitForStatus(page, 'Paused')
  const taskId = await taskIdOf(page)

  await page.getByRole('button', { name: 'New conversation' }).click()
  await waitForStatus(page, 'Ready')
  await page.goBack()
  await waitForStatus(page, 'Paused')
  await page.getByRole('button', { name: 'Release' }).click()
  await waitForStatus(page, 'Completed')

  expect(await taskIdOf(page)).toBe(taskId)
})

it('Back leads to the workflow before, and an empty one leaves no step', async () => {
  const page = await demo.open('question-and-answer')
  const choose = (label: string): Promise<string[]> => page.getByLabel('Workflow', { exact: true }).selectOption({ label })
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')

  await choose('Site audit')
  await choose('Nightly export')
  await waitForStatus(page, 'Ready')
  await page.goBack()
  await waitForStatus(page, 'Completed')

  expect(await inputs(page)).toEqual(['My name is Ada.'])
  expect(await page.getByLabel('Workflow', { exact: true }).evaluate((field: HTMLSelectElement) => field.selectedOptions[0]?.label)).toBe('Questions and answers')
})

it('a new conversation puts the cursor into the input', async () => {
  const { page } = await openTwo()

  await page.getByRole('button', { name: 'New conversation' }).click()
  await waitForStatus(page, 'Ready')

  expect(await page.getByLabel('Input', { exact: true }).evaluate((field) => field === document.activeElement)).toBe(true)
})
