import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { nodeRow, panel, run, taskIdOf, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

let demo: Demo
let opened: DemoPage

beforeAll(async () => {
  demo = await startDemo({ speed: 10, environment: {} })
})
afterAll(() => demo.close())

const open = async (workflow: string): Promise<DemoPage['page']> => {
  opened = await demo.open({ workflow })
  return opened.page
}
afterEach(() => opened.close())

const requests = async (): Promise<readonly { readonly method: string; readonly path: string }[]> => {
  const response = await fetch(`${demo.url}api/xpander/simulator/requests`)
  return (await response.json()) as { method: string; path: string }[]
}

const addFault = (fault: object): Promise<Response> =>
  fetch(`${demo.url}api/xpander/simulator/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(fault) })

describe('a run that ends well', () => {
  beforeEach(async () => {
    await run(await open('report-pipeline'))
    await waitForStatus(opened.page, 'Completed')
  })
  afterEach(() => {
    expect(opened.problems).toEqual([])
  })

  it('shows every node that ran, and the one that did not', async () => {
    for (const name of ['Classify request', 'Sales figures', 'Market researcher', 'Check findings', 'Write report']) {
      expect(await nodeRow(opened.page, name).textContent()).toContain('Completed')
    }
    expect(await panel(opened.page, 'Timeline').getByRole('listitem').filter({ hasText: 'Decline' }).textContent()).toContain('Skipped')
  })

  it('shows the text as a document and the result as it was sent', async () => {
    const answer = opened.page.getByRole('region', { name: 'Conversation' })

    expect(await answer.getByRole('heading', { name: 'Recommendation' }).isVisible()).toBe(true)
    expect(await answer.getByRole('cell', { name: '€2.97 bn' }).isVisible()).toBe(true)
    expect(await panel(opened.page, 'Result').textContent()).toContain('## Recommendation')
  })

  it('opens a node to its steps and a sub-agent to its own run', async () => {
    await nodeRow(opened.page, 'Market researcher').click()
    await opened.page.getByRole('button', { name: 'Child run' }).click()

    const child = opened.page.locator('.child-run')
    await child.getByRole('button', { name: 'Market researcher' }).click()

    expect(await child.textContent()).toContain('Web search')
    expect(await child.textContent()).toContain('France extended its purchase bonus')
  })

  it('lists the raw events, newest last, each with its JSON', async () => {
    await opened.page.getByRole('button', { name: 'Show raw events' }).click()

    const events = panel(opened.page, 'Events')
    await events.getByRole('button', { name: 'taskFinished' }).last().click()

    expect(await events.getByRole('listitem').first().textContent()).toContain('taskCreated')
    expect(await events.getByRole('group', { name: 'Raw event' }).textContent()).toContain('"type": "task_finished"')
  })

  it('shows the plan as done', async () => {
    expect(await panel(opened.page, 'Plan').textContent()).toContain('4 of 4 done')
  })
})

describe('a conversation', () => {
  afterEach(() => {
    expect(opened.problems).toEqual([])
  })

  it('goes on in the same task and remembers', async () => {
    const page = await open('question-and-answer')
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
    const page = await open('support-triage')
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
    const page = await open('question-and-answer')
    await run(page, 'My name is Ada.')
    await waitForStatus(page, 'Completed')

    await page.getByRole('button', { name: 'New conversation' }).click()
    await waitForStatus(page, 'Ready')
    await run(page, 'What is my name?')

    await page.getByText('You have not told me your name yet.').first().waitFor()
  })

  it('is one run after a double click', async () => {
    const page = await open('question-and-answer')
    const before = (await requests()).filter(({ path }) => path.endsWith('/invoke/stream')).length

    await page.getByRole('button', { name: 'Run', exact: true }).dblclick()
    await waitForStatus(page, 'Completed')

    const after = await requests()
    expect(after.filter(({ path }) => path.endsWith('/invoke/stream'))).toHaveLength(before + 1)
  })

  it('sends the user and the version that were filled in, and nothing else', async () => {
    const page = await open('question-and-answer')
    await page.getByText('User and version').click()
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
})

describe('a run that waits for a person', () => {
  afterEach(() => {
    expect(opened.problems).toEqual([])
  })

  it('goes on when it is released', async () => {
    const page = await open('approval')
    await run(page)
    await waitForStatus(page, 'Paused')
    expect(await nodeRow(page, 'Sales lead signs off').textContent()).toContain('Waiting')

    await page.getByRole('button', { name: 'Release' }).click()
    await waitForStatus(page, 'Completed')

    expect(await nodeRow(page, 'Send offer').textContent()).toContain('Completed')
    expect(await page.getByRole('region', { name: 'Approval' }).count()).toBe(0)
  })

  it('takes the other branch when it is rejected', async () => {
    const page = await open('approval')
    await run(page)
    await waitForStatus(page, 'Paused')

    await page.getByRole('button', { name: 'Reject' }).click()
    await waitForStatus(page, 'Completed')

    expect(await nodeRow(page, 'Archive offer').textContent()).toContain('Completed')
  })

  it('offers the sign-in in a new tab, and goes on after it', async () => {
    const page = await open('sign-in')
    await run(page)
    const link = page.getByRole('link', { name: 'Sign in to Team documents' })
    await link.waitFor()

    expect(await link.getAttribute('href')).toMatch(/^https:\/\/auth\.example\.com\//)
    expect(await link.getAttribute('target')).toBe('_blank')

    await page.getByRole('button', { name: 'Simulate signing in' }).click()
    await waitForStatus(page, 'Completed')

    expect(await page.getByRole('region', { name: 'Sign-in' }).count()).toBe(0)
  })
})

describe('results', () => {
  afterEach(() => {
    expect(opened.problems).toEqual([])
  })

  it.each([
    ['Great battery', 'fits the schema', '"battery"'],
    ['It is nice.', 'There has to be at least one topic', '"topics": []'],
  ])('of a schema are checked: %s', async (review, verdict, part) => {
    const page = await open('json-result')
    await run(page, review)
    await waitForStatus(page, 'Completed')

    const result = await panel(page, 'Result').textContent()
    expect(result).toContain(verdict)
    expect(result).toContain(part)
  })
})

describe('a run that goes wrong', () => {
  it('shows why it failed and every attempt', async () => {
    const page = await open('failed-run')
    await run(page)
    await waitForStatus(page, 'Failed')

    expect(await page.getByRole('region', { name: 'Conversation' }).textContent()).toContain('Upload file failed after 3 attempts')
    const row = await nodeRow(page, 'Upload file').textContent()
    expect(row).toContain('Failed')
    expect(row).toContain('3 attempts')
    expect(opened.problems).toEqual([])
  })

  it('says in words that the service refused, and keeps the input', async () => {
    const page = await open('question-and-answer')
    await addFault({ kind: 'status', status: 429, retryAfter: 7 })
    await run(page, 'Are you there?')
    await waitForStatus(page, 'Error')

    const conversation = await page.getByRole('region', { name: 'Conversation' }).textContent()
    expect(conversation).toContain('Too many requests')
    expect(conversation).toContain('rate_limited')
    expect(await page.getByLabel('Input', { exact: true }).inputValue()).toBe('Are you there?')
  })

  it('says that the connection was lost and keeps what came', async () => {
    const page = await open('report-pipeline')
    await addFault({ kind: 'cut', afterFrames: 14 })
    await run(page)
    await page.getByRole('region', { name: 'Connection' }).waitFor()

    expect(await page.getByRole('region', { name: 'Connection' }).textContent()).toContain('stream_truncated')
    expect(await nodeRow(page, 'Classify request').textContent()).toContain('Completed')
    await waitForStatus(page, 'Running')
  })
})
