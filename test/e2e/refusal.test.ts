import { describe, expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { run, waitForStatus } from './pageActions.ts'

const demo = demoForTests({ mayComplain: true })

const refuseNext = (status: number): Promise<Response> =>
  fetch(`${demo.url()}api/xpander/simulator/faults`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ kind: 'status', status }),
  })

describe.each([422, 429, 403])('a submit that is refused with %d', (status) => {
  it('says of the line that nothing was started, for a first turn and for a later one', async () => {
    const page = await demo.open('question-and-answer')
    const line = page.locator('.run-header .line-state')

    await refuseNext(status)
    await run(page, 'My name is Ada.')
    await waitForStatus(page, 'Error')
    const ofFirst = await line.innerText()
    await run(page, 'My name is Ada.')
    await waitForStatus(page, 'Completed')
    const ofAnswered = await line.innerText()
    await refuseNext(status)
    await run(page, 'What is my name?')
    await page.locator('.turn').nth(2).getByText(`HTTP ${status}`).waitFor()

    expect([ofFirst, await line.innerText()]).toEqual(Array(2).fill('The submit was refused and started nothing, so there is no stream.'))
    expect(ofAnswered).toBe('The turn is over, and so is its stream.')
    expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('What is my name?')
  })
})

it('a submit that is refused because a turn runs says so, and leaves the line as it is', async () => {
  const page = await demo.open('approval')
  await run(page, 'Offer for Ada')
  await waitForStatus(page, 'Paused')

  await page.getByLabel('Input', { exact: true }).fill('Offer for Grace')
  await page.keyboard.press('Enter')
  await page.locator('.composer .error-text').waitFor()

  expect(await page.locator('.run-header .line-state p').innerText()).toBe('Every event arrives as it happens.')
  expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('Offer for Grace')
  expect(await page.locator('.turn').count()).toBe(1)
  expect(demo.problems()).toEqual([])
})
