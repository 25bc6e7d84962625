import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  export interface ProvidedContext {
    /** The path of the package as `npm publish` would send it. */
    readonly tarball: string
  }
}

/** Builds and packs the package once for all tests of this folder. */
export default function packOnce(project: TestProject): () => void {
  const root = fileURLToPath(new URL('../../', import.meta.url))
  const folder = mkdtempSync(join(tmpdir(), 'use-workflow-stream-pack-'))
  // The environment of a running Vitest would make Vite read its test settings.
  const { VITEST, NODE_ENV, ...environment } = process.env

  execFileSync('npm', ['pack', '--pack-destination', folder], {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 120_000,
  })
  const [name] = readdirSync(folder)
  if (name === undefined) throw new Error('npm pack left no tarball')
  project.provide('tarball', join(folder, name))

  return () => {
    rmSync(folder, { recursive: true, force: true })
  }
}
