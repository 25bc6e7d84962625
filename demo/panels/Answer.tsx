import type { ReactElement } from 'react'
import { memo, useState } from 'react'
import Markdown from 'react-markdown'
import type { Components } from 'react-markdown'
import { Code } from '../parts/Code.tsx'
import { MarkdownTable, isTable } from './MarkdownTable.tsx'
import { createBlockSplitter } from './splitBlocks.ts'

/**
 * Answer text: Markdown, or JSON as it is. Text that grows is split into blocks, so that only its last block is
 * parsed again.
 */
export function Answer({ text }: { readonly text: string }): ReactElement {
  const [splitBlocks] = useState(createBlockSplitter)
  if (/^\s*[[{]/.test(text)) return <Code label="Answer" value={indented(text)} />
  return (
    <div className="markdown">
      {splitBlocks(text).map((block, index) => <Block key={index} text={block} />)}
    </div>
  )
}

const Block = memo(function Block({ text }: { readonly text: string }): ReactElement {
  return isTable(text) ? <MarkdownTable text={text} components={components} /> : <Markdown components={components}>{text}</Markdown>
})

// Answers are written by models: their pictures could call out to anywhere, so only their words are shown.
const components: Components = {
  a: ({ href, children }) => <a href={href} target="_blank" rel="noreferrer">{children}</a>,
  img: ({ alt }) => <em>{alt}</em>,
  pre: ({ children }) => <pre className="code" tabIndex={0} role="group" aria-label="Code">{children}</pre>,
  h1: ({ children }) => <h3>{children}</h3>,
  h2: ({ children }) => <h4>{children}</h4>,
  h3: ({ children }) => <h5>{children}</h5>,
  h4: ({ children }) => <h6>{children}</h6>,
}

function indented(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2)
  } catch {
    return text
  }
}
