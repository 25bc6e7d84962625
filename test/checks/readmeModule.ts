import { join } from 'node:path'
import type { Plugin } from 'vite'
import { readmeSnippets } from './readmeSnippets.ts'
import { root } from './sourceFiles.ts'

const name = 'README.first-component.tsx'
const path = join(root, 'test', 'checks', name)

/** Lets a test import the README's first component, exactly as it stands there, as if it were a file beside the test. */
export function readmeModule(): Plugin {
  return {
    name: 'readme-module',
    enforce: 'pre',
    resolveId: (id) => (id.endsWith(`/${name}`) ? path : undefined),
    load: (id) => (id === path ? readmeSnippets().find((snippet) => snippet.language === 'tsx')?.code : undefined),
  }
}
