import { createWorkflowSimulator, type WorkflowSimulator } from 'use-workflow-stream/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run, taskIdOf, waitForStatus } from './pageActions.ts'
import { startDemo, type Demo } from './startDemo.ts'

const apiKey = 'sk-never-in-a-page'

let service: WorkflowSimulator
let listening: Awaited<ReturnType<WorkflowSimulator['listen']>>
let demo: Demo
const workflowOf = (scenario: string): string => service.workflows.find((workflow) => workflow.scenario === scenario)!.id

beforeAll(async () => {
  service = createWorkflowSimulator({ apiKey, speed: 10 })
  listening = await service.listen()
  demo = await startDemo({
    environment: { XPANDER_API_KEY: apiKey, XPANDER_WORKFLOW_ID: workflowOf('question-and-answer'), XPANDER_BASE_URL: listening.url },
  })
})
afterAll(async () => {
  await demo.close()
  await listening.close()
})

const api = (path: string, init?: RequestInit): Promise<Response> => fetch(`${demo.url}api/xpander${path}`, init)

it('runs the real service with the key added, and the page never sees the key', async () => {
  const { page, problems, close } = await demo.open()
  const bodies: Promise<string>[] = []
  page.on('response', (response) => { bodies.push(response.text().catch(() => '')) })
  await page.reload()

  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')
  await run(page, 'What is my name?')
  await page.getByText('Your name is Ada.').first().waitFor()
  await waitForStatus(page, 'Completed')

  expect(await page.getByText('Real service').isVisible()).toBe(true)
  expect(await page.content()).not.toContain(apiKey)
  expect((await Promise.all(bodies)).join('\n')).not.toContain(apiKey)
  expect(problems).toEqual([])
  await close()
})

it('forwards neither cookies nor authorization', async () => {
  await api(`/v1/workflows/${workflowOf('question-and-answer')}/nodes`, { headers: { cookie: 'session=1', authorization: 'Bearer mine' } })

  const last = service.requests.at(-1)!
  expect(last.path).toContain('/nodes')
  expect(Object.keys(last.headers)).not.toContain('cookie')
  expect(Object.keys(last.headers)).not.toContain('authorization')
})

it('has no drawer of faults, nor a way to them', async () => {
  const { page, close } = await demo.open()

  expect(await page.getByRole('button', { name: /^Faults/ }).count()).toBe(0)
  expect((await fetch(`${demo.url}api/demo/faults`)).status).toBe(404)
  const set = await fetch(`${demo.url}api/demo/faults`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{"fault":"down","isOn":true}' })
  expect(set.status).toBe(404)
  await close()
})

it('follows a run after its line broke', async () => {
  const { page, close } = await demo.open()
  // A reset might overtake the frames on their way through two servers.
  service.fault({ kind: 'truncate', afterFrames: 3 })
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')

  expect(await page.getByText('Nice to meet you, Ada.').first().isVisible()).toBe(true)
  expect(service.requests).toContainEqual(expect.objectContaining({ method: 'GET', path: `/v1/tasks/${await taskIdOf(page)}`, status: 200 }))
  await close()
})

it('stops a run that it started', async () => {
  const { page, close } = await demo.open()
  await run(page, 'My name is Ada.')
  await waitForStatus(page, 'Completed')

  const response = await api(`/v1/tasks/${await taskIdOf(page)}/stop`, { method: 'POST' })

  expect(response.status).toBe(200)
  await close()
})

describe('refuses', () => {
  it.each([
    ['another workflow', 'POST', () => `/v1/workflows/${workflowOf('approval')}/invoke/stream`, 404],
    ['a task that does not exist', 'POST', () => '/v1/tasks/nobodys/stop', 404],
    ['a route that the client does not use', 'GET', () => '/v1/tasks', 404],
    ['deleting', 'DELETE', () => '/v1/tasks/nobodys', 404],
  ])('%s', async (_what, method, path, status) => {
    const before = service.requests.filter((request) => request.method !== 'GET').length

    const response = await api(path(), { method })

    expect(response.status).toBe(status)
    expect(service.requests.filter((request) => request.method !== 'GET')).toHaveLength(before)
  })

  it('the task of another workflow', async () => {
    const started = await fetch(`${listening.url}/v1/workflows/${workflowOf('slow-run')}/invoke/async`, {
      method: 'POST',
      headers: { 'x-api-key': apiKey, 'content-type': 'application/json' },
      body: JSON.stringify({ input: { text: 'Hi' } }),
    })
    const { id } = (await started.json()) as { id: string }

    const response = await api(`/v1/tasks/${id}/stop`, { method: 'POST' })

    expect(response.status).toBe(404)
    expect(service.tasks.find((task) => task.id === id)).toMatchObject({ is_manually_stopped: false })
  })

  it('a page of another origin', async () => {
    const response = await api(`/v1/workflows/${workflowOf('question-and-answer')}/invoke/stream`, {
      method: 'POST',
      headers: { origin: 'https://elsewhere.example', 'content-type': 'text/plain' },
      body: JSON.stringify({ input: { text: 'Spend it' } }),
    })

    expect(response.status).toBe(403)
  })
})

it('says what is missing when there is a key and no workflow', async () => {
  await expect(startDemo({ environment: { XPANDER_API_KEY: apiKey } })).rejects.toThrow('XPANDER_WORKFLOW_ID')
})

it('lets the run go on when the listener leaves', async () => {
  const leaving = new AbortController()
  const response = await api(`/v1/workflows/${workflowOf('question-and-answer')}/invoke/stream`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ input: { text: 'My name is Ada.' } }),
    signal: leaving.signal,
  })
  const reader = response.body!.getReader()
  await reader.read()
  leaving.abort()

  await expect.poll(() => service.tasks.at(-1)?.status).toBe('completed')
})
