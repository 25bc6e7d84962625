import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { root } from './sourceFiles.ts'

const read = (path: string): string => readFileSync(join(root, path), 'utf8')

it('keeps the top level to what a reader expects there', () => {
  const allowed = new Set([
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'demo',
    'package-lock.json',
    'package.json',
    'src',
    'test',
    'tsconfig.json',
    'vite.config.ts',
  ])
  const ignored = new Set(read('.gitignore').split('\n'))

  const others = readdirSync(root).filter(
    (name) => !name.startsWith('.') && !allowed.has(name) && !ignored.has(name) && !name.endsWith('.tgz'),
  )

  expect(others).toEqual([])
})

it('keeps download addresses out of the lock file', () => {
  const lock = read('package-lock.json')

  expect(lock).toContain('"integrity": "sha512-')
  expect(lock).not.toMatch(/"resolved"|\.tgz"/)
})

it('pins the stream reader and every development dependency to one version', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json')) as Record<string, Record<string, string>>

  const loose = Object.entries({ ...dependencies, ...devDependencies }).filter(([, range]) => !/^(npm:[\w-]+@)?\d+\.\d+\.\d+$/.test(range))

  expect(loose).toEqual([['zustand', '^5.0.0']])
})
