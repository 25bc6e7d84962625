import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { nodeRow, panel, run, taskIdOf, waitForStatus } from './pageActions.ts'

const demo = demoForTests()

const requests = async (): Promise<readonly { readonly method: string; readonly path: string }[]> => {
  const response = await fetch(`${demo.url()}api/xpander/simulator/requests`)
  return (await response.json()) as { method: string; path: string }[]
}

it('goes on in the same task and remembers', async () => {
  const page = await demo.open('question-and-answer')
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')
  const firstTask = await taskIdOf(page)

  await run(page, 'What is my name?')
  await page.getByText('Your name is Ada.').first().waitFor()
  await waitForStatus(page, 'Completed')

  expect(await taskIdOf(page)).toBe(firstTask)
  expect(await page.getByText('Nice to meet you, Ada.').first().isVisible()).toBe(true)
})

it('shows an earlier turn in the timeline again', async () => {
  const page = await demo.open('support-triage')
  await run(page, 'I was charged twice')
  await waitForStatus(page, 'Completed')
  await run(page, 'Thanks!')
  await nodeRow(page, 'Log feedback').waitFor()
  await waitForStatus(page, 'Completed')

  await page.getByRole('button', { name: 'Show in run' }).click()

  expect(await panel(page, 'Timeline').textContent()).toContain('Turn 1 of 2')
  expect(await nodeRow(page, 'Look up invoice').textContent()).toContain('3 attempts')
})

it('begins anew on request', async () => {
  const page = await demo.open('question-and-answer')
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')

  await page.getByRole('button', { name: 'New conversation' }).click()
  await waitForStatus(page, 'Ready')
  await run(page, 'What is my name?')

  await page.getByText('You have not told me your name yet.').first().waitFor()
})

it('is one run after a double click', async () => {
  const page = await demo.open('question-and-answer')
  const before = (await requests()).filter(({ path }) => path.endsWith('/invoke/stream')).length

  await page.getByRole('button', { name: 'Run', exact: true }).dblclick()
  await waitForStatus(page, 'Completed')

  const after = await requests()
  expect(after.filter(({ path }) => path.endsWith('/invoke/stream'))).toHaveLength(before + 1)
})

it('sends the user and the version that were filled in, and nothing else', async () => {
  const page = await demo.open('question-and-answer')
  await page.getByText('Options').click()
  await page.getByLabel('User e-mail').fill('ada@example.com')
  await page.getByLabel('User name').fill('Ada King Lovelace')
  await page.getByLabel('Version').fill('2')

  const [request] = await Promise.all([page.waitForRequest(/invoke\/stream/), run(page, 'Hi')])

  expect(new URL(request.url()).search).toBe('?version=2')
  expect(request.postDataJSON()).toEqual({
    input: { text: 'Hi', user: { email: 'ada@example.com', first_name: 'Ada', last_name: 'King Lovelace' } },
  })
  await waitForStatus(page, 'Completed')
})
