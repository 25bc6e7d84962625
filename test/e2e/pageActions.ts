import type { Locator, Page } from 'playwright'

/** Presses Run, with this input if one is given. */
export async function run(page: Page, input?: string): Promise<void> {
  if (input !== undefined) await page.getByLabel('Input', { exact: true }).fill(input)
  await page.getByRole('button', { name: 'Run', exact: true }).click()
}

/** Resolves once the page says that the run is in this state. */
export async function waitForStatus(page: Page, word: string): Promise<void> {
  await page.getByRole('status').filter({ hasText: `Run status: ${word}` }).waitFor({ state: 'attached' })
}

/** A part of the page by its title. */
export const panel = (page: Page, title: string): Locator => page.getByRole('region', { name: title, exact: true })

/** The timeline's row of a node. */
export const nodeRow = (page: Page, name: string): Locator => panel(page, 'Timeline').getByRole('button', { name })

/** The task's id as the page shows it. */
export async function taskIdOf(page: Page): Promise<string> {
  return page.locator('.run-header .facts code').innerText()
}

/** How much wider the page is than its window. */
export const overflowOf = (page: Page): Promise<number> =>
  page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
