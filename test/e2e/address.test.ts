import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { connectionChip, run, taskIdOf, waitForStatus } from './pageActions.ts'

const demo = demoForTests({ mayComplain: true })

const taskInAddress = (url: string): string | null => new URL(url).searchParams.get('task')

it('holds the task, and another page that has it shows the same run, which goes on there too', async () => {
  const page = await demo.open('approval')
  await run(page, 'Offer for Ada')
  await waitForStatus(page, 'Paused')
  const taskId = await taskIdOf(page)

  const other = await page.context().newPage()
  await other.goto(page.url())
  await waitForStatus(other, 'Paused')
  await other.getByRole('button', { name: 'Release' }).click()
  await waitForStatus(page, 'Completed')
  await waitForStatus(other, 'Completed')

  expect(taskInAddress(page.url())).toBe(taskId)
  expect(await other.getByText('Offer for Ada').first().isVisible()).toBe(true)
  await other.close()
  expect(demo.problems()).toEqual([])
})

it('holds none for a new conversation, nor for another workflow', async () => {
  const page = await demo.open('question-and-answer')
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')
  const taskId = await taskIdOf(page)

  await page.getByLabel('Workflow', { exact: true }).selectOption({ label: 'Site audit' })
  await waitForStatus(page, 'Ready')
  const elsewhere = taskInAddress(page.url())
  await page.getByLabel('Workflow', { exact: true }).selectOption({ index: 9 })
  await waitForStatus(page, 'Completed')
  const back = taskInAddress(page.url())
  await page.getByRole('button', { name: 'New conversation' }).click()
  await waitForStatus(page, 'Ready')

  expect([elsewhere, back, taskInAddress(page.url())]).toEqual([null, taskId, null])
  expect(demo.problems()).toEqual([])
})

it('may name a task that nobody knows: the page says so and offers a way out', async () => {
  const page = await demo.open('question-and-answer')

  await page.goto(`${page.url()}&task=nobodys`)
  await page.getByText('The service does not know this workflow or task').waitFor()
  await page.getByRole('button', { name: 'Begin a new conversation' }).click()
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')

  expect(taskInAddress(page.url())).toBe(await taskIdOf(page))
})

it('may change while the page is not listening yet', async () => {
  const page = await demo.open('approval')
  await page.addInitScript(() => {
    const listen = window.addEventListener
    window.addEventListener = (...[type, ...rest]: Parameters<typeof listen>) => {
      if (type === 'popstate') {
        window.addEventListener = listen
        history.replaceState(null, '', '?workflow=slow-run')
        dispatchEvent(new PopStateEvent('popstate'))
      }
      listen.call(window, type, ...rest)
    }
  })

  await page.reload()
  await page.getByText('Audit www.example.com').waitFor()

  expect(await page.getByLabel('Workflow', { exact: true }).evaluate((field: HTMLSelectElement) => field.selectedOptions[0]?.label)).toBe('Site audit')
  expect(demo.problems()).toEqual([])
})

it('stops listening when asked to, and follows again', async () => {
  const page = await demo.open('approval')
  await run(page)
  await waitForStatus(page, 'Paused')

  await page.getByRole('button', { name: 'Stop listening' }).click()
  await connectionChip(page, 'Not connected').waitFor()
  await page.getByRole('button', { name: 'Follow again' }).click()
  await connectionChip(page, 'Polling').waitFor()
  await page.getByRole('button', { name: 'Release' }).click()

  await waitForStatus(page, 'Completed')
  expect(demo.problems()).toEqual([])
})
