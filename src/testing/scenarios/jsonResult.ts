import { scenario } from '../scenario.ts'
import { finish, toolCall } from '../stepBuilders.ts'
import type { Turn } from '../steps.ts'

/** A result that is JSON and fits a schema. */
export const jsonResult = scenario({
  id: 'json-result',
  name: 'Review to data',
  description: 'Turns a review into data: sentiment, score, topics and a summary, as JSON that fits a schema.',
  sampleInput: 'Great battery and a bright screen, but delivery was slow.',
  outputFormat: 'json',
  outputSchema: {
    type: 'object',
    properties: {
      sentiment: { type: 'string', enum: ['positive', 'mixed', 'negative'] },
      score: { type: 'integer', minimum: 1, maximum: 5 },
      topics: { type: 'array', items: { type: 'string' } },
      summary: { type: 'string' },
    },
    required: ['sentiment', 'score', 'topics', 'summary'],
  },
  nodes: [
    { id: 'extract', type: 'custom_function', name: 'Extract topics', operationId: 'op-extract-topics', next: ['rate'] },
    { id: 'rate', type: 'classifier', name: 'Rate sentiment', next: ['assemble'], definition: { groups: ['positive', 'mixed', 'negative'].map((id) => ({ id, name: id, evaluation_criteria: `The review is ${id}.` })), settings: {} } },
    { id: 'assemble', type: 'code', name: 'Assemble', definition: { code: 'return {**topics, **rating}' } },
  ],
  run: [
    toolCall('extract', { input: (turn: Turn) => ({ review: turn.text }), output: (turn: Turn) => ({ topics: topicsOf(turn.text) }), ms: 700 }),
    toolCall('rate', { input: (turn: Turn) => ({ review: turn.text }), output: (turn: Turn) => rate(turn.text), ms: 600 }),
    toolCall('assemble', { output: review, ms: 200 }),
    finish(review),
  ],
})

function review({ text }: Turn): object {
  return { ...rate(text), topics: topicsOf(text), summary: text.length > 80 ? `${text.slice(0, 79)}…` : text }
}

function rate(text: string): { readonly sentiment: 'positive' | 'mixed' | 'negative'; readonly score: number } {
  const good = count(text, /\b(?:great|good|love|excellent|bright|fast|happy|nice)\b/gi)
  const bad = count(text, /\b(?:slow|bad|broken|poor|late|hate|ugly|noisy)\b/gi)
  const sentiment = good > 0 && bad > 0 ? 'mixed' : bad > 0 ? 'negative' : 'positive'
  return { sentiment, score: Math.min(5, Math.max(1, 3 + good - bad)) }
}

const count = (text: string, words: RegExp): number => [...text.matchAll(words)].length

const knownTopics = ['battery', 'screen', 'delivery', 'price', 'sound', 'support', 'design']

const topicsOf = (text: string): readonly string[] => knownTopics.filter((topic) => text.toLowerCase().includes(topic))
