import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { nodeRow, run, waitForStatus } from './pageActions.ts'

const demo = demoForTests()

it('goes on when it is released', async () => {
  const page = await demo.open('approval')
  await run(page)
  await waitForStatus(page, 'Paused')
  expect(await nodeRow(page, 'Sales lead signs off').textContent()).toContain('Waiting')

  await page.getByRole('button', { name: 'Release' }).click()
  await waitForStatus(page, 'Completed')

  expect(await nodeRow(page, 'Send offer').textContent()).toContain('Completed')
  expect(await page.getByRole('region', { name: 'Approval' }).count()).toBe(0)
})

it('takes the other branch when it is rejected', async () => {
  const page = await demo.open('approval')
  await run(page)
  await waitForStatus(page, 'Paused')

  await page.getByRole('button', { name: 'Reject' }).click()
  await waitForStatus(page, 'Completed')

  expect(await nodeRow(page, 'Archive offer').textContent()).toContain('Completed')
})

it('offers the sign-in in a new tab, and goes on after it', async () => {
  const page = await demo.open('sign-in')
  await run(page)
  const link = page.getByRole('link', { name: 'Sign in to Team documents' })
  await link.waitFor()

  expect(await link.getAttribute('href')).toMatch(/^https:\/\/auth\.example\.com\//)
  expect(await link.getAttribute('target')).toBe('_blank')

  await page.getByRole('button', { name: 'Simulate signing in' }).click()
  await waitForStatus(page, 'Completed')

  expect(await page.getByRole('region', { name: 'Sign-in' }).count()).toBe(0)
})
