import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from './sourceFiles.ts'

/** One fenced block of program text in a Markdown file. */
export interface Snippet {
  readonly language: 'ts' | 'tsx' | 'js' | 'jsx'
  /** The line of the file on which the block's first line of code stands, counted from 1. */
  readonly line: number
  readonly code: string
}

/** Every block of the README that a reader could paste into a program, in order; none while there is no README. */
export function readmeSnippets(): Snippet[] {
  const path = join(root, 'README.md')
  return existsSync(path) ? snippetsOf(readFileSync(path, 'utf8')) : []
}

/** Finds the ts, tsx, js and jsx blocks of a Markdown text; blocks inside a list lose its indentation. */
export function snippetsOf(markdown: string): Snippet[] {
  const found: Snippet[] = []
  const lines = markdown.split('\n')

  for (let at = 0; at < lines.length; at++) {
    const opening = /^( *)(`{3,}|~{3,})\s*(\w*)/.exec(lines[at] ?? '')
    if (opening === null) continue
    const [, indentation = '', fence = '', language] = opening

    const first = at + 1
    const code: string[] = []
    for (at = first; at < lines.length && !closes(lines[at] ?? '', fence); at++) {
      code.push(withoutIndentation(lines[at] ?? '', indentation.length))
    }
    if (isProgram(language)) found.push({ language, line: first + 1, code: `${code.join('\n')}\n` })
  }
  return found
}

function closes(line: string, fence: string): boolean {
  const text = line.trim()
  return text.startsWith(fence) && text === fence.charAt(0).repeat(text.length)
}

function withoutIndentation(line: string, width: number): string {
  return line.slice(0, width).trim() === '' ? line.slice(width) : line
}

function isProgram(language: string | undefined): language is Snippet['language'] {
  return language === 'ts' || language === 'tsx' || language === 'js' || language === 'jsx'
}
