import { scenario } from '../scenario.ts'
import { analyze, executed, finish, parallel, plan, subAgent, text, think, toolCall } from '../stepBuilders.ts'
import type { Turn } from '../steps.ts'

const points = ['Understand the request', 'Gather figures and background', 'Check the findings', 'Write the report']

/** Classifier, two branches in parallel of which one is an agent with a run of its own, guardrail, summarizer that streams Markdown. */
export const reportPipeline = scenario({
  id: 'report-pipeline',
  name: 'Report pipeline',
  description: 'Classifies the request, gathers figures and background at the same time, checks them, and writes a report in Markdown.',
  sampleInput: 'Write a report on e-bike sales in Europe, first half of 2026',
  outputFormat: 'markdown',
  nodes: [
    {
      id: 'classify',
      type: 'classifier',
      name: 'Classify request',
      next: ['gather', 'decline'],
      definition: {
        groups: [
          { id: 'report', name: 'Report', evaluation_criteria: 'Asks for a report, an analysis or an overview.' },
          { id: 'other', name: 'Something else', evaluation_criteria: 'Anything else.' },
        ],
        settings: {},
      },
    },
    {
      id: 'gather',
      type: 'parallel',
      name: 'Gather material',
      next: ['review'],
      condition: { type: 'equal', group_id: 'report' },
      nodes: [
        { id: 'sales-figures', type: 'action', name: 'Sales figures', operationId: 'op-warehouse-query', connectionId: 'conn-warehouse', maxRetries: 2 },
        { id: 'market-research', type: 'agent', name: 'Market researcher', agentId: '3f0d6c52-8a41-4b7e-9d15-6c2a7be04f11', definition: { instructions: 'Research the market and summarise what you find, with sources.' } },
      ],
    },
    { id: 'decline', type: 'send_to_end', name: 'Decline', condition: { type: 'equal', group_id: 'other' }, definition: { message: 'This workflow only writes reports.' } },
    {
      id: 'review',
      type: 'guardrail',
      name: 'Check findings',
      next: ['write-report'],
      definition: { groups: [{ id: 'pass', name: 'Pass', evaluation_criteria: 'Every figure has a source.' }, { id: 'fail', name: 'Fail', evaluation_criteria: 'A figure has no source.' }] },
    },
    { id: 'write-report', type: 'summarizer', name: 'Write report', condition: { type: 'equal', group_id: 'pass' }, definition: { instructions: 'Write a report with a table and a recommendation.', settings: {} } },
  ],
  run: [
    plan(points),
    think({ title: 'Read the request', thought: 'The user wants a report: figures first, then what stands behind them.', action: 'classify', confidence: 0.86 }),
    toolCall('classify', { input: (turn: Turn) => ({ text: turn.text }), output: { group_id: 'report', confidence: 0.94 }, ms: 800 }),
    plan(points, { done: 1 }),
    parallel(
      [
        toolCall('sales-figures', {
          tool: 'Query warehouse',
          reasoning: { title: 'Half-year figures by country' },
          input: { sql: 'SELECT country, units, revenue, change FROM sales WHERE half = $1', values: ['2026-H1'] },
          output: { rows: [['Germany', 1_060_000, 2.97, 0.041], ['France', 381_000, 1.12, 0.118], ['Netherlands', 246_000, 0.74, -0.023]], unit: 'bn EUR' },
          ms: 2200,
        }),
      ],
      [
        subAgent('market-research', {
          query: (turn) => `Background for: ${turn.text}`,
          reasoning: { title: 'Ask the market researcher', description: 'Needs sources that the warehouse does not have.' },
          run: [
            think({ title: 'Where to look', thought: 'Trade associations publish half-year numbers; subsidies explain France.', action: 'search', confidence: 0.8 }),
            toolCall(null, { tool: 'Web search', input: { query: 'e-bike subsidies 2026 Europe' }, output: { hits: 14, best: 'https://example.org/subsidies-2026' }, ms: 1200 }),
            toolCall(null, { tool: 'Read page', input: { url: 'https://example.org/subsidies-2026' }, output: { title: 'Subsidies in 2026', words: 1840 }, ms: 900 }),
            text('France extended its purchase bonus to used e-bikes in March; the Netherlands ended theirs. Dealers report full stocks of city models.', { everyMs: 60, pieceLength: 10 }),
            finish(),
          ],
        }),
      ],
    ),
    executed('gather'),
    plan(points, { done: 2 }),
    analyze({ title: 'Findings agree', result: 'consistent', analysis: 'Growth in France follows the bonus; the Dutch decline follows its end.', confidence: 0.9 }),
    toolCall('review', { input: { figures: 6, sources: 2 }, output: { group_id: 'pass' }, ms: 700 }),
    plan(points, { done: 3 }),
    toolCall('write-report', { tool: 'Output Summarizer', input: { format: 'markdown' }, during: [text(report, { everyMs: 55, pieceLength: 12 })], output: { format: 'markdown' } }),
    plan(points, { done: 4 }),
    finish(),
  ],
})

function report({ text: request, number, history }: Turn): string {
  const heading = number === 1 ? request : `Follow-up ${number - 1}: ${request}`
  const reference = history.length === 0 ? '' : `\nThis continues “${history.at(-1)?.text ?? ''}”; the figures are the same.\n`
  return `# ${heading}
${reference}
## Summary

Sales grew by **4.8 %** to 1.69 million units. Germany stays the largest market; France grows fastest, and the Netherlands shrink for the first time since 2019.

## Figures

| Country | Units | Revenue | Change |
| --- | ---: | ---: | ---: |
| Germany | 1,060,000 | €2.97 bn | +4.1 % |
| France | 381,000 | €1.12 bn | +11.8 % |
| Netherlands | 246,000 | €0.74 bn | −2.3 % |

## What stands behind them

1. France extended its purchase bonus to *used* e-bikes in March.
2. The Netherlands ended their bonus at the turn of the year.
3. Dealers report full stocks of city models, so prices will fall in autumn.

## Recommendation

Move stock of city models from the Netherlands to France before September, and keep the price of cargo bikes.
`
}
