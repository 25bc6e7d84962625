import { scenario } from '../scenario.ts'
import { finish, text, toolCall } from '../stepBuilders.ts'
import type { Turn } from '../steps.ts'

/** Questions and answers in one conversation: it remembers the user's name and the questions before. */
export const questionAndAnswer = scenario({
  id: 'question-and-answer',
  name: 'Questions and answers',
  description: 'Answers in plain text and remembers what was said before in the conversation.',
  sampleInput: 'My name is Ada.',
  nodes: [{ id: 'answer', type: 'summarizer', name: 'Answer' }],
  run: [toolCall('answer', { input: (turn: Turn) => ({ question: turn.text }), during: [text(answerTo)], output: answerTo }), finish()],
})

function answerTo({ text: question, number, history }: Turn): string {
  const earlier = history.map((turn) => turn.text)
  const name = nameIn([...earlier, question])
  const greeting = name === undefined ? '' : `${name}, `
  if (nameIn([question]) !== undefined) return `Nice to meet you, ${name ?? ''}. Ask me anything.`
  if (/\bmy name\b/i.test(question)) return name === undefined ? 'You have not told me your name yet.' : `Your name is ${name}.`
  const last = earlier.at(-1)
  if (last === undefined) return `${greeting}this is your first question: “${question}”. The next ones may refer to it.`
  return `${greeting}this is question number ${number}. Before it you asked: “${last}”.`
}

/** The name that was told last. */
function nameIn(texts: readonly string[]): string | undefined {
  return texts
    .map((said) => /\b(?:my name is|i am|i'm)\s+(\p{Lu}\p{L}*)/iu.exec(said)?.[1])
    .filter((name) => name !== undefined)
    .at(-1)
}
