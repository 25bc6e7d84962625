/** Blocks of this many characters are parsed again with every piece; smaller ones would only be more of them. */
const usualLength = 5000

/**
 * Cuts Markdown at blank lines into blocks that can be parsed alone. It remembers the blocks of the text before, so
 * text that grows costs what was added to it, and blocks that are complete never change.
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

/** Where the block that begins at `start` is over, or `undefined` while it may still grow. */
function blockEnd(text: string, start: number): number | undefined {
  let fence: string | undefined
  let isAfterBlank = false
  let isTable: boolean | undefined
  for (let lineStart = start; ; ) {
    const breakAt = text.indexOf('\n', lineStart)
    // The last line has not come whole, so nobody knows what it will be.
    if (breakAt === -1) return undefined
    const line = text.slice(lineStart, breakAt)
    const isBlank = line.trim() === ''
    const isRow = line.startsWith('|')
    if (isAfterBlank && !isBlank && isTable !== undefined && fence === undefined) {
      const isLong = lineStart - start >= usualLength
      // Indented lines and list items after a blank line still belong to what stands before it.
      if (isTable || isRow || (isLong && !/^(?:\s|[-*+] |\d+[.)] )/.test(line))) return lineStart
    }
    const mark = /^ {0,3}(```+|~~~+)/.exec(line)?.[1]
    if (mark !== undefined) fence = fence === undefined ? mark : mark.startsWith(fence) ? undefined : fence
    isAfterBlank = isBlank
    if (!isBlank) isTable ??= isRow
    lineStart = breakAt + 1
  }
}
