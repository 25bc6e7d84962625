import { expect, it, vi } from 'vitest'
import { BEGINNING, beginRun, completed, fakeTime, pass, record, setUpService } from './followed.ts'
import { stubPage } from './page.ts'
import type { Page } from './page.ts'

fakeTime()

const HOURS = 3 * 3_600_000

it.each<[string, (page: Page) => void]>([
  ['the page is shown again', (page) => { page.setHidden(false) }],
  ['the page comes back from the cache', (page) => { page.fire('pageshow') }],
  ['the network comes back', (page) => { page.setOnline(true) }],
])('learns after hours that the run is over whose stream died unnoticed, once %s', async (_, wake) => {
  const page = stubPage()
  const { service, turn, requests, posts } = await beginRun()
  page.setHidden(true)
  await pass(HOURS)
  expect(service.sent).toHaveLength(0)
  service.answer('task', completed())

  wake(page)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'finished', result: 'Hello!' })
  expect(requests).toMatchObject([{ signal: { aborted: true } }])
  expect(posts()).toBe(1)
  expect(page.listeners()).toBe(0)
})

it('reads once, and then at the slow pace until a byte comes', async () => {
  const page = stubPage()
  const { service, task, sendBytes } = await beginRun()
  service.answer('task', record('executing'))
  await pass(30_000)

  for (let times = 0; times < 5; times += 1) {
    page.fire('pageshow')
    await pass(0)
  }
  expect(service.count('task')).toBe(1)
  await pass(120_000)
  expect(service.timesOf('task', BEGINNING)).toEqual([30_000, 90_000, 150_000])
  expect(task()).toMatchObject({ status: 'executing', connection: 'open', error: null })
  sendBytes()
  await pass(HOURS)

  expect(service.count('task')).toBe(3)
})

it('reads nothing where bytes came lately', async () => {
  const page = stubPage()
  const { service, sendBytes } = await beginRun()
  page.setHidden(true)
  await pass(60_000)
  sendBytes()
  await pass(5000)

  page.setHidden(false)
  await pass(HOURS)

  expect(service.sent).toHaveLength(0)
})

it('reads as soon as the network is back, however short it was away', async () => {
  const page = stubPage()
  const { service, turn } = await beginRun()
  service.answer('task', completed())

  page.setOnline(false)
  await pass(2000)
  expect(service.sent).toHaveLength(0)
  page.setOnline(true)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'finished' })
})

it('reads again when the network was not there yet', async () => {
  const page = stubPage()
  const { service, turn } = await beginRun()
  service.answer('task', new TypeError('Failed to fetch'), completed())
  await pass(HOURS)

  page.fire('pageshow')
  await pass(3000)
  page.setOnline(true)
  await pass(0)

  expect(turn()).toMatchObject({ cause: 'finished' })
})

it('reads nothing where no id is known yet, and does not try without a pause', async () => {
  const page = stubPage()
  const { client, service } = setUpService()
  client.submit({ workflowId: 'flow', input: 'Hi' })
  await pass(60_000)

  page.fire('pageshow')
  await pass(60_000)

  expect(service.sent).toHaveLength(0)
  expect(vi.getTimerCount()).toBe(0)
})

it('reads nothing where recovery is off', async () => {
  const page = stubPage()
  const { service } = await beginRun({ recover: false })
  await pass(HOURS)

  page.fire('pageshow')
  await pass(HOURS)

  expect(service.sent).toHaveLength(0)
})
