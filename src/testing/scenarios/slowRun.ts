import { scenario } from '../scenario.ts'
import { finish, text, toolCall } from '../stepBuilders.ts'
import type { Step } from '../steps.ts'

const pages = 20

/** A minute of work, page after page: enough time to stop it. */
export const slowRun = scenario({
  id: 'slow-run',
  name: 'Site audit',
  description: `Reads ${pages} pages of a site one after the other. Takes about a minute, so there is time to stop it.`,
  sampleInput: 'Audit www.example.com',
  nodes: [
    { id: 'crawl', type: 'action', name: 'Read page', operationId: 'op-browser-read', connectionId: 'conn-browser', maxIterations: pages, next: ['summarize'] },
    { id: 'summarize', type: 'summarizer', name: 'Summarize' },
  ],
  run: [
    ...Array.from({ length: pages }, (_, index) => readPage(index + 1)).flat(),
    toolCall('summarize', { during: [text(`All ${pages} pages load in under two seconds; three have no title.`)], output: { pages } }),
    finish(`${pages} pages were read: all load in under two seconds, three have no title.`),
  ],
})

function readPage(number: number): readonly Step[] {
  const path = `/page-${number}`
  return [toolCall('crawl', { input: { path }, output: { path, status: 200, kilobytes: 80 + ((number * 37) % 140) }, ms: 2600 }), text(`Read ${path}. `, { everyMs: 100, pieceLength: 6 })]
}
