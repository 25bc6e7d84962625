import { expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { nodeRow, panel, run, waitForStatus } from './pageActions.ts'

const demo = demoForTests()

// Broken by: NodeDuration.tsx without `useNow`.
it('lets the duration and the bar of what goes on grow while nothing is told', async () => {
  const page = await demo.open('approval')
  await run(page)
  await waitForStatus(page, 'Paused')
  const row = nodeRow(page, 'Sales lead signs off')
  const duration = async (): Promise<number> => {
    const [, amount, unit] = /^([\d.]+) (ms|s)$/.exec(await row.locator('.row-duration').innerText()) ?? []
    return Number(amount) * (unit === 's' ? 1000 : 1)
  }
  const endOfAxis = (): Promise<number> => panel(page, 'Timeline').locator('.timeline').evaluate((axis: HTMLElement) => Number(axis.style.getPropertyValue('--now')))
  const [before, nowBefore] = [await duration(), await endOfAxis()]

  await expect.poll(duration, { timeout: 15_000 }).toBeGreaterThan(before)
  await expect.poll(endOfAxis, { timeout: 15_000 }).toBeGreaterThan(nowBefore)
})

// Broken by: TimeAxis.tsx or Bars.tsx without `--span`, `--from` or `--to`.
it('draws the attempts as bars on a time axis', async () => {
  const page = await demo.open('slow-run')
  await run(page)
  const row = nodeRow(page, 'Read page')
  await expect.poll(() => row.locator('.bar').count(), { timeout: 15_000 }).toBeGreaterThan(2)

  const labels = await panel(page, 'Timeline').locator('.axis-label').allTextContents()
  expect(labels[0]).toBe('0')
  expect(labels.length).toBeGreaterThan(1)
  // Of one moment, each as a part of the axis.
  const bars = await row.locator('.track').evaluate((track) => {
    const { left, width } = track.getBoundingClientRect()
    return [...track.querySelectorAll('.bar')].map((bar) => {
      const box = bar.getBoundingClientRect()
      return { from: (box.left - left) / width, to: (box.right - left) / width }
    })
  })
  for (const [at, { from, to }] of bars.entries()) {
    expect(from).toBeGreaterThan((bars[at - 1]?.from ?? -0.01))
    expect(to).toBeGreaterThan(from)
    expect(to).toBeLessThan(1.02)
  }
})

// Broken by: Page.tsx without StepsPanel, or StepsPanel.tsx that shows nothing.
it('shows the steps that no node could be named for', async () => {
  const page = await demo.open('report-pipeline')
  await page.route('**/nodes', (route) => route.fulfill({ json: [] }))
  // The service may leave out which node a call is of.
  await page.route('**/invoke/stream*', async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replace(/"graph_node_id":"[^"]*"/g, '"graph_node_id":null') })
  })
  await page.reload()
  await run(page)
  await waitForStatus(page, 'Completed')

  const steps = panel(page, 'Steps without a node')
  await steps.waitFor()
  expect(await steps.getByRole('listitem').count()).toBeGreaterThan(0)
  expect(await nodeRow(page, 'Sales figures').count()).toBe(0)
})
