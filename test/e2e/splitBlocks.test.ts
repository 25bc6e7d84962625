import { describe, expect, it } from 'vitest'
import { createBlockSplitter } from '../../demo/panels/splitBlocks.ts'

const paragraph = `${'Many words make a paragraph. '.repeat(200)}\n\n`
const table = '| A | B |\n| - | - |\n| 1 | 2 |\n\n'

describe('the blocks of a text', () => {
  it.each([
    ['short paragraphs stay together', 'One.\n\nTwo.\n\nThree.\n', 1],
    ['a long one ends a block', `${paragraph}After.\n`, 2],
    ['a table stands alone', `Before.\n\n${table}After.\n`, 3],
    ['a list goes on over a blank line', `${paragraph.trimEnd()}\n\n- one\n\n- two\n`, 1],
    ['a blank line inside of code ends nothing', `\`\`\`\n${paragraph}${paragraph}code\n\`\`\`\n`, 1],
    ['an unfinished line may still become anything', `${paragraph}- maybe a list`, 1],
  ])('%s', (_rule, text, count) => {
    const blocks = createBlockSplitter()(text)

    expect(blocks).toHaveLength(count)
    expect(blocks.join('')).toBe(text)
  })

  it('are the same however the text grew, and complete ones never change', () => {
    const text = `${paragraph}${table}${paragraph}- one\n\n- two\n\n${paragraph}The end.\n`
    const split = createBlockSplitter()
    let before: readonly string[] = []

    for (let length = 1; length <= text.length; length += 7) {
      const blocks = split(text.slice(0, length))
      expect(blocks.slice(0, before.length - 1)).toEqual(before.slice(0, -1))
      before = blocks
    }

    expect(split(text)).toEqual(createBlockSplitter()(text))
  })

  it('begin anew when the text is another one', () => {
    const split = createBlockSplitter()
    split(`${paragraph}${paragraph}`)

    expect(split('Short.')).toEqual(['Short.'])
  })
})
