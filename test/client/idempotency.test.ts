import { expect, it, vi } from 'vitest'
import { WorkflowError } from '../../src/core.ts'
import type { WorkflowClientOptions } from '../../src/core.ts'
import { beginDroppedRun, completed, fakeTime, pass, setUpService } from './followed.ts'

fakeTime()

async function keyOf(options: WorkflowClientOptions): Promise<string | undefined> {
  const { client, requests } = setUpService(options)
  client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)
  return requests[0]?.headers['idempotency-key']
}

const onPage = (href: string): void => { vi.stubGlobal('location', new URL(href)) }

it.each<[string, WorkflowClientOptions, boolean]>([
  ['a proxy of the same page', { baseUrl: '/api/xpander' }, true],
  ['the address of the same page', { baseUrl: 'https://app.test/api' }, true],
  ['another port', { baseUrl: 'https://app.test:8443/api' }, false],
  ['another host', { baseUrl: 'https://service.test' }, false],
  ['another host without a scheme', { baseUrl: '//service.test/api' }, false],
  ['another host that is trusted', { baseUrl: 'https://service.test', idempotencyKey: true }, true],
  ['a proxy that wants none', { baseUrl: '/api/xpander', idempotencyKey: false }, false],
])('knows where a key is sent: %s', async (_, options, isSent) => {
  onPage('https://app.test/report')

  expect((await keyOf(options)) !== undefined).toBe(isSent)
})

it('resolves addresses as a frame without an address of its own does', async () => {
  onPage('about:srcdoc')
  vi.stubGlobal('document', { baseURI: 'https://app.test/page', hidden: false })

  expect(await keyOf({ baseUrl: '/api/xpander' })).toBeUndefined()
})

it('sends none where there is no page, unless it is told to', async () => {
  expect(await keyOf({})).toBeUndefined()
  expect(await keyOf({ idempotencyKey: true })).toMatch(/^submit-/)
})

it('sends another key with each submit', async () => {
  const { client, requests } = setUpService({ idempotencyKey: true })

  client.submit({ workflowId: 'flow', input: 'Hi' })
  client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)

  const keys = requests.map(({ headers }) => headers['idempotency-key'])
  expect(new Set(keys).size).toBe(2)
})

it('keeps the key over the POST that follows a 401', async () => {
  const { client, requests, fail } = setUpService({ idempotencyKey: true, headers: () => ({}) })
  const { key } = client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(0)

  await fail(new WorkflowError('unauthorized', 'submit', 'no', { status: 401 }))
  await pass(0)

  expect(requests.map(({ headers }) => headers['idempotency-key'])).toEqual([key, key])
})

it.each(['Idempotency-Key', 'idempotency-key'])('leaves a key that the app sends as %s', async (name) => {
  expect(await keyOf({ idempotencyKey: true, headers: { [name]: 'mine' } })).toBe('mine')
})

it('sends a key with nothing but the POST', async () => {
  const { service } = await beginDroppedRun({ idempotencyKey: true }, ({ answer }) => { answer('task', completed(null)) })

  await pass(1000)

  expect(service.sent.map(({ headers }) => headers.has('idempotency-key'))).toEqual([false, false])
})
