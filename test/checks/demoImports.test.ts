import { expect, it } from 'vitest'
import { readImports } from './layerRules.ts'
import { sourceFiles } from './sourceFiles.ts'

/** What the demo may use: its own files, the package by the names that anybody has, and packages that it depends on. */
const isAllowed = (path: string, target: string, files: ReadonlyMap<string, string>): boolean =>
  target.startsWith('.')
    ? files.has(new URL(target, `file:///${path}`).pathname.slice(1)) || target.endsWith('.css')
    : /^(use-workflow-stream(\/(core|testing))?|react(-dom\/client)?|react-markdown|valibot|vite|node:[\w/]+)$/.test(target)

const foreignImports = (files: ReadonlyMap<string, string>): string[] =>
  [...files].flatMap(([path, text]) => readImports(path, text).filter(({ target }) => !isAllowed(path, target, files)).map(({ target, line }) => `${path}:${line} imports ${target}`))

it('imports the package by name, and nothing of its inside', () => {
  const files = sourceFiles('demo')

  expect(files.size).toBeGreaterThan(50)
  expect([...files.values()].filter((text) => text.includes('\'use-workflow-stream\'')).length).toBeGreaterThan(20)
  expect(foreignImports(files)).toEqual([])
})

it.each([
  ['a source file', `import { useRun } from '../../src/react/useWorkflowStream.ts'`],
  ['a source file at the top', `export * from '../../src/index.ts'`],
  ['a test', `await import('../../test/frames.ts')`],
  ['the inside of the package', `import type { Fact } from 'use-workflow-stream/dist/state/fact.js'`],
  ['a package that only the tests have', `import 'playwright'`],
])('is caught importing %s', (_, text) => {
  const files = new Map([...sourceFiles('demo'), ['panels/x.ts', text]])

  expect(foreignImports(files)).toHaveLength(1)
})
