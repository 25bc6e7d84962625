import type { UserWorkspaceConfig } from 'vitest/config'
import { expect, it } from 'vitest'
import config from '../../vite.config.ts'

// Broken by: a project without `setupFiles` in vite.config.ts.
it('lets no test say anything on the console, in whatever project it runs', async () => {
  const { test } = await (config as (mode: object) => Promise<{ readonly test?: { readonly projects?: readonly unknown[] } }>)({ command: 'serve', mode: 'test' })
  const projects = (test?.projects ?? []).map((project) => (project as UserWorkspaceConfig).test ?? {})

  // Type tests are read and not run.
  const talkative = projects.filter(({ setupFiles, typecheck }) => !typecheck?.only && ![setupFiles].flat().includes('test/silentConsole.ts'))

  expect(projects.length).toBeGreaterThan(7)
  expect(talkative.map(({ name }) => name)).toEqual([])
})
