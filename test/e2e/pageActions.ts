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

/** A task as the simulator behind the demo has it. */
export async function readTask(url: string, taskId: string): Promise<unknown> {
  const { key } = (await (await fetch(`${url}api/demo`)).json()) as { readonly key: string }
  return (await fetch(`${url}api/xpander/v1/tasks/${taskId}`, { headers: { 'x-demo-key': key } })).json()
}

/** The state of the line to the run, as a word. */
export const connectionChip = (page: Page, word: string): Locator => page.locator('.run-header .chip').filter({ hasText: word })

/** Opens the drawer of faults. */
export async function openFaults(page: Page): Promise<Locator> {
  await page.getByRole('button', { name: /^Faults/ }).click()
  return page.getByRole('dialog', { name: 'Faults' })
}

/** A fault of the open drawer. */
export const faultItem = (page: Page, title: string): Locator =>
  page.getByRole('dialog', { name: 'Faults' }).getByRole('listitem').filter({ has: page.getByRole('heading', { name: title, exact: true }) })

/** Presses its button. */
export const pressFault = (page: Page, title: string): Promise<void> => faultItem(page, title).getByRole('button').click()

/** What the simulator was asked, from that many requests on. */
export async function requestsSince(url: string, count: number): Promise<readonly { readonly method: string; readonly path: string; readonly status: number | null }[]> {
  const all = (await (await fetch(`${url}api/xpander/simulator/requests`)).json()) as { method: string; path: string; status: number | null }[]
  return all.slice(count)
}
