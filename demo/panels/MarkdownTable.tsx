import type { ReactElement } from 'react'
import type { Components } from 'react-markdown'
import Markdown from 'react-markdown'

const separator = /^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$/

/** Whether a block of Markdown is a table: a head, a line of dashes, rows. */
export function isTable(text: string): boolean {
  const [head = '', line = ''] = text.trim().split('\n', 2)
  return head.includes('|') && line.includes('-') && separator.test(line)
}

/** A table of GitHub's Markdown, which the parser here does not know by itself. */
export function MarkdownTable({ text, components }: { readonly text: string; readonly components: Components }): ReactElement {
  const [head = '', line = '', ...rows] = text.trim().split('\n')
  const isNumeric = cellsOf(line).map((dashes) => dashes.endsWith(':'))
  const cell = (content: string): ReactElement => <Markdown components={{ ...components, p: ({ children }) => <>{children}</> }}>{content}</Markdown>
  const className = (index: number): string | undefined => (isNumeric[index] === true ? 'numeric' : undefined)
  return (
    <div className="table-scroller" tabIndex={0} role="group" aria-label="Table">
      <table>
        <thead>
          <tr>{cellsOf(head).map((content, index) => <th key={index} scope="col" className={className(index)}>{cell(content)}</th>)}</tr>
        </thead>
        <tbody>
          {rows.map((row, number) => (
            <tr key={number}>{cellsOf(row).map((content, index) => <td key={index} className={className(index)}>{cell(content)}</td>)}</tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

const cellsOf = (row: string): string[] => row.trim().replace(/^\||\|$/g, '').split(/(?<!\\)\|/).map((cell) => cell.trim())
