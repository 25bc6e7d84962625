import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { readImports } from '../checks/layerRules.ts'
import { createScratchApp, type ScratchApp } from './scratchApp.ts'

describe('the tarball', () => {
  let app: ScratchApp
  let folder: string
  const read = (path: string): string => readFileSync(join(folder, path), 'utf8')

  beforeAll(async () => {
    app = createScratchApp('tarball')
    await app.install([inject('tarball')], '--legacy-peer-deps')
    folder = join(app.folder, 'node_modules', 'use-workflow-stream')
  })

  afterAll(() => {
    app.remove()
  })

  it('holds the built entries, the sources their maps name, and the papers', () => {
    expect(readdirSync(folder).sort()).toEqual(['CHANGELOG.md', 'LICENSE', 'README.md', 'dist', 'package.json', 'src'])
  })

  it('marks the hooks entry, and no other file, as client code on its very first line', () => {
    const marked = filesBelow(join(folder, 'dist'), '.js').filter((path) => /['"]use client['"]/.test(readFileSync(path, 'utf8')))

    expect(marked).toEqual([join(folder, 'dist/index.js')])
    expect(read('dist/index.js').split('\n')[0]).toMatch(/^['"]use client['"];?$/)
  })

  it('names every export of the hooks entry, since a client boundary takes no "export *"', () => {
    expect(read('dist/index.js')).not.toMatch(/export \*/)
  })

  it.each([
    ['dist/core.js', ['@microsoft/fetch-event-source', 'zustand/vanilla']],
    ['dist/testing.js', ['node:http']],
  ])('keeps React out of everything that %s reaches', (entry, packages) => {
    const reached = packagesReached(join(folder, entry))

    expect(reached).toEqual(packages)
  })

  it('has source maps whose every source is there', () => {
    const maps = filesBelow(join(folder, 'dist'), '.map')

    const lost = maps.flatMap((map) => {
      const { sources } = JSON.parse(readFileSync(map, 'utf8')) as { readonly sources: readonly string[] }
      return sources.filter((source) => !existsSync(join(map, '..', source)))
    })

    expect(maps.length).toBeGreaterThan(10)
    expect(lost).toEqual([])
  })
})

function filesBelow(folder: string, extension: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith(extension))
    .map((path) => join(folder, path))
}

function packagesReached(entry: string): string[] {
  const packages = new Set<string>()
  const seen = new Set<string>()
  const queue = [entry]
  for (let path = queue.pop(); path !== undefined; path = queue.pop()) {
    if (seen.has(path)) continue
    seen.add(path)
    for (const { target } of readImports(path, readFileSync(path, 'utf8'))) {
      if (target.startsWith('.')) queue.push(join(path, '..', target))
      else packages.add(target)
    }
  }
  return [...packages].sort()
}
