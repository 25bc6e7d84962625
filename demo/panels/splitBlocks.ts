/**
 * Splits Markdown at the blank lines between its blocks. It remembers the blocks of the text before, so text that
 * grows costs what was added to it, and blocks that are complete keep their identity.
 */
export function createBlockSplitter(): (text: string) => readonly string[] {
  let known = ''
  let complete: readonly string[] = []
  let end = 0
  let blocks: readonly string[] = []

  return (text) => {
    if (text === known) return blocks
    if (!text.startsWith(known)) [complete, end] = [[], 0]
    known = text
    const added: string[] = []
    for (let next = blockEnd(text, end); next !== undefined; next = blockEnd(text, end)) {
      added.push(text.slice(end, next))
      end = next
    }
    if (added.length > 0) complete = [...complete, ...added]
    const rest = text.slice(end)
    blocks = rest.trim() === '' ? complete : [...complete, rest]
    return blocks
  }
}

const lineBreaks = /\n/g

/** Where the block that begins at `start` is over, or `undefined` while it may still grow. */
function blockEnd(text: string, start: number): number | undefined {
  let fence: string | undefined
  let isAfterBlank = false
  let hasContent = false
  for (let lineStart = start; lineStart < text.length; ) {
    lineBreaks.lastIndex = lineStart
    const breakAt = lineBreaks.exec(text)?.index
    const line = text.slice(lineStart, breakAt)
    // The last line has not come whole, so nobody knows what it will be.
    if (breakAt === undefined) return undefined
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    // Indented lines and list items after a blank line still belong to the block before it.
    if (hasContent && isAfterBlank && fence === undefined && line.trim() !== '' && !/^(?:\s|[-*+] |\d+[.)] )/.test(line)) return lineStart
    if (mark !== undefined && fence === undefined) fence = mark
    else if (mark !== undefined && fence !== undefined && mark.startsWith(fence)) fence = undefined
    isAfterBlank = line.trim() === ''
    hasContent ||= !isAfterBlank
    lineStart = breakAt + 1
  }
  return undefined
}
