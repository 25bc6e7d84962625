import { scenario } from '../scenario.ts'
import { finish, text, toolCall } from '../stepBuilders.ts'

/** Length of the answer in characters; all of them are ASCII, so in bytes too. */
const length = 1024 * 1024

/** One megabyte of text. */
export const longAnswer = scenario({
  id: 'long-answer',
  name: 'Long answer',
  description: 'Streams one megabyte of text in about ten seconds.',
  sampleInput: 'Write down everything you know',
  nodes: [{ id: 'write', type: 'summarizer', name: 'Write' }],
  run: [toolCall('write', { during: [text(megabyte, { everyMs: 10, pieceLength: 1024 })], output: { characters: length } }), finish()],
})

/** Numbered paragraphs, so that a missing or doubled piece shows. */
function megabyte(): string {
  let written = ''
  for (let number = 1; written.length < length; number++) {
    written += `Paragraph ${number}. The quick brown fox jumps over the lazy dog, rests for a while beside the river, and starts again where it began.\n\n`
  }
  return written.slice(0, length)
}
