import { describe, expect, it } from 'vitest'
import { snippetsOf } from './readmeSnippets.ts'
import { snippetErrors } from './snippetErrors.ts'

const markdown = `# Title

\`\`\`sh
npm test
\`\`\`

\`\`\`tsx
import { useState } from 'react'

export function Counter() {
  const [count] = useState(0)
  return <p>{count}</p>
}
\`\`\`

- a list

  ~~~ts
  const name: string = 'inside a list'
  ~~~

\`\`\`\`md
\`\`\`ts
an example of an example
\`\`\`
\`\`\`\`
`

describe('snippetsOf', () => {
  it('finds the program blocks with their lines and leaves the others', () => {
    const snippets = snippetsOf(markdown)

    expect(snippets.map(({ language, line }) => ({ language, line }))).toEqual([
      { language: 'tsx', line: 8 },
      { language: 'ts', line: 19 },
    ])
    expect(snippets[1]?.code).toBe(`const name: string = 'inside a list'\n`)
  })
})

describe('snippetErrors', () => {
  it('says nothing of blocks that are right, and names the line of the README for each that is wrong', () => {
    const wrong = [
      [100, `\n\nconst count: number = 'one'`],
      [200, `createRoot(document.body)`],
      [300, `\nimport 'no-such-package-here'`],
      [400, `const ok = [1, 2`],
      [500, `import { noSuchName } from 'use-workflow-stream'\nnoSuchName()`],
    ] as const

    const errors = snippetErrors([
      ...snippetsOf(markdown),
      ...wrong.map(([line, code]) => ({ language: 'ts' as const, line, code: `${code}\n` })),
    ])

    expect(errors).toEqual([
      expect.stringMatching(/^README\.md:102: Type 'string' is not assignable to type 'number'/),
      expect.stringMatching(/^README\.md:200: Cannot find name 'createRoot'/),
      expect.stringMatching(/^README\.md:301: Cannot find module or type declarations for side-effect import/),
      expect.stringMatching(/^README\.md:401: '\]' expected/),
      expect.stringMatching(/^README\.md:500: Module '"use-workflow-stream"' has no exported member 'noSuchName'/),
    ])
  })
})
