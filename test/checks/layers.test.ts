import { describe, expect, it } from 'vitest'
import { layerViolations, readImports } from './layerRules.ts'
import { sourceFiles } from './sourceFiles.ts'

describe('the layers of src', () => {
  it('import only from levels before their own', () => {
    const files = sourceFiles()

    const violations = layerViolations(files)

    expect(files.size).toBeGreaterThan(10)
    expect(violations).toEqual([])
  })
})

describe('the rules', () => {
  const sound = {
    'errors.ts': `export const a = 1`,
    'protocol/events.ts': `import { a } from '../errors.ts'`,
    'state/reduce.ts': `import { b } from '../protocol/events.ts'`,
    'store/store.ts': `import { createStore } from 'zustand/vanilla'\nimport { c } from '../state/reduce.ts'`,
    'transport/post.ts': `import { fetchEventSource } from '@microsoft/fetch-event-source'`,
    'client/create.ts': `import '../store/store.ts'\nimport '../transport/post.ts'`,
    'react/use.ts': `import { useState } from 'react'\nimport { useStore } from 'zustand'\nimport '../client/create.ts'`,
    'testing/simulate.ts': `import type { b } from '../protocol/events.ts'\nawait import('node:http')`,
    'core.ts': `export { d } from './client/create.ts'`,
    'index.ts': `export { e } from './react/use.ts'`,
    'testing.ts': `export { f } from './testing/simulate.ts'`,
  }

  it('let a sound tree pass', () => {
    expect(layerViolations(new Map(Object.entries(sound)))).toEqual([])
  })

  it.each([
    ['protocol/x.ts', `import '../state/reduce.ts'`, 'protocol/x.ts:1 reaches from protocol to state'],
    ['store/x.ts', `import '../transport/post.ts'`, 'store/x.ts:1 reaches from store to transport'],
    ['store/x.ts', `type T = import('../transport/post.ts').T`, 'store/x.ts:1 reaches from store to transport'],
    ['transport/x.ts', `export * from '../store/store.ts'`, 'transport/x.ts:1 reaches from transport to store'],
    ['transport/x.ts', `\nawait import('../state/reduce.ts')`, 'transport/x.ts:2 reaches from transport to state'],
    ['client/x.ts', `import { useRef } from 'react'`, 'client/x.ts:1 imports the package react'],
    ['store/x.ts', `import { useStore } from 'zustand'`, 'store/x.ts:1 imports the package zustand'],
    ['client/x.ts', `import type { StoreApi } from 'zustand/vanilla'`, 'client/x.ts:1 imports the package zustand/vanilla'],
    ['core.ts', `import './react/use.ts'`, 'core.ts:1 reaches from core.ts to react'],
    ['testing/x.ts', `import { b } from '../protocol/events.ts'`, 'testing/x.ts:1 imports more than types from protocol'],
    ['testing/x.ts', `import type { a } from '../errors.ts'`, 'testing/x.ts:1 reaches from testing to errors.ts'],
    ['testing/x.ts', `import { createServer } from 'node:http'`, 'testing/x.ts:1 imports the package node:http'],
    ['protocol/x.ts', `import 'zod'`, 'protocol/x.ts:1 imports the package zod'],
    ['protocol/x.ts', `await import(name)`, 'protocol/x.ts:1 imports the package (computed)'],
    ['protocol/x.ts', `import './gone.ts'`, 'protocol/x.ts:1 imports ./gone.ts, which is no source file'],
    ['helpers/x.ts', ``, 'helpers/x.ts belongs to no layer'],
    [
      'transport/x.ts',
      `import '@microsoft/fetch-event-source'`,
      '@microsoft/fetch-event-source is imported in more than one file: transport/post.ts, transport/x.ts',
    ],
    [
      'errors.ts',
      `import './protocol/events.ts'`,
      'a cycle: errors.ts -> protocol/events.ts -> errors.ts',
    ],
  ])('catch in %s: %s', (path, text, violation) => {
    const files = new Map(Object.entries({ ...sound, [path]: text }))

    expect(layerViolations(files)).toContain(violation)
  })

  it('tell a type import from one that runs', () => {
    const text = `import type { A } from './a.ts'\nimport { type B } from './b.ts'\nexport type { C } from './c.ts'`

    expect(readImports('x.ts', text).map((found) => found.isTypeOnly)).toEqual([true, false, true])
  })
})
