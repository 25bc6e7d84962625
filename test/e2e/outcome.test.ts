import { afterEach, describe, expect, it } from 'vitest'
import { demoForTests } from './demoForTests.ts'
import { connectionChip, nodeRow, panel, run, waitForStatus } from './pageActions.ts'

const demo = demoForTests({ mayComplain: true })

const addFault = (fault: object): Promise<Response> =>
  fetch(`${demo.url()}api/xpander/simulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) })

it('indents what a parallel node holds', async () => {
  const page = await demo.open('report-pipeline')
  // Where the service says what a parallel node holds, it does so in its definition.
  await page.route('**/nodes', async (route) => {
    const response = await route.fetch()
    const nodes = (await response.json()) as { readonly id: string }[]
    const held = nodes.filter(({ id }) => id === 'sales-figures' || id === 'market-research')
    await route.fulfill({ json: nodes.map((node) => (node.id === 'gather' ? { ...node, definition: { nodes: held } } : node)) })
  })
  await page.reload()

  await run(page)
  await waitForStatus(page, 'Completed')

  const rows = panel(page, 'Timeline').locator('.node')
  const names = await rows.locator('.node-name').allTextContents()
  const depths = await rows.evaluateAll((all) => all.map((row) => getComputedStyle(row).getPropertyValue('--depth')))
  expect(names.map((name, index) => `${depths[index]} ${name}`)).toEqual([
    '0 Classify request', '0 Gather material', '1 Sales figures', '1 Market researcher', '0 Check findings', '0 Write report', '0 Decline',
  ])
  expect(await nodeRow(page, 'Gather material').locator('.bar').count()).toBe(1)
  expect(demo.problems()).toEqual([])
})

describe('results', () => {
  afterEach(() => {
    expect(demo.problems()).toEqual([])
  })

  it.each([
    ['Great battery', 'fits the schema', '"battery"'],
    ['It is nice.', 'There has to be at least one topic', '"topics": []'],
  ])('of a schema are checked: %s', async (review, verdict, part) => {
    const page = await demo.open('json-result')
    await run(page, review)
    await waitForStatus(page, 'Completed')

    const result = await panel(page, 'Result').textContent()
    expect(result).toContain(verdict)
    expect(result).toContain(part)
  })
})

describe('a run that goes wrong', () => {
  it('shows why it failed and every attempt', async () => {
    const page = await demo.open('failed-run')
    await run(page)
    await waitForStatus(page, 'Failed')

    expect(await page.getByRole('region', { name: 'Conversation' }).textContent()).toContain('Upload file failed after 3 attempts')
    const row = await nodeRow(page, 'Upload file').textContent()
    expect(row).toContain('Failed')
    expect(row).toContain('3 attempts')
    expect(demo.problems()).toEqual([])
  })

  it('says in words that the service refused, and keeps the input', async () => {
    const page = await demo.open('question-and-answer')
    await addFault({ kind: 'status', status: 429, retryAfter: 7 })
    await run(page, 'Are you there?')
    await waitForStatus(page, 'Error')

    const conversation = await page.getByRole('region', { name: 'Conversation' }).textContent()
    expect(conversation).toContain('Too many requests')
    expect(conversation).toContain('rate_limited')
    expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('Are you there?')
  })

  it('catches up after its line broke, and keeps what came', async () => {
    const page = await demo.open('report-pipeline')
    // Long after the first node: a browser may drop what it had not handed on when a line breaks.
    await addFault({ kind: 'cut', afterFrames: 40 })
    await run(page)
    await connectionChip(page, 'Recovering').waitFor()
    expect(await nodeRow(page, 'Classify request').textContent()).toContain('Completed')
    await waitForStatus(page, 'Completed')

    expect(await page.getByText('keep the price of cargo bikes').count()).toBe(2)
    expect(await page.locator('.run-header').textContent()).toContain('Caught up')
  })
})
