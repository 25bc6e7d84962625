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
  it('says nothing of blocks that are right', () => {
    expect(snippetErrors(snippetsOf(markdown))).toEqual([])
  })

  it.each([
    ['a wrong type', `const count: number = 'one'`, /^README\.md:12: Type 'string' is not assignable to type 'number'/],
    ['a missing import', `createRoot(document.body)`, /^README\.md:12: Cannot find name 'createRoot'/],
    ['an unknown package', `import 'no-such-package-here'`, /^README\.md:12: Cannot find module/],
    ['a syntax error', `const = 1`, /^README\.md:12: /],
  ])('names the line of the README for %s', (_, code, message) => {
    const errors = snippetErrors([{ language: 'ts', line: 10, code: `\n\n${code}\n` }])

    expect(errors[0]).toMatch(message)
  })
})
