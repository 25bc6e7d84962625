import type { Page } from 'playwright'
import { afterAll, afterEach, beforeAll, expect } from 'vitest'
import { startDemo, type Demo, type DemoPage } from './startDemo.ts'

/** The demo of one test file: started before its tests and closed after them, a page for each. */
export interface DemoForTests {
  readonly open: (workflow: string) => Promise<Page>
  readonly url: () => string
  /** What the page of this test has complained about. */
  readonly problems: () => readonly string[]
}

/** @param mayComplain a test that makes a request fail looks at `problems` itself, since browsers log those */
export function demoForTests({ mayComplain = false } = {}): DemoForTests {
  let demo: Demo
  let opened: DemoPage
  beforeAll(async () => { demo = await startDemo({ speed: 10, environment: {} }) })
  afterAll(() => demo.close())
  afterEach(async () => {
    if (!mayComplain) expect(opened.problems).toEqual([])
    await opened.close()
  })
  return {
    async open(workflow) {
      opened = await demo.open({ workflow })
      return opened.page
    },
    url: () => demo.url,
    problems: () => opened.problems,
  }
}
