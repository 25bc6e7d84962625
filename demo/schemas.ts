import type { StandardSchema } from 'use-workflow-stream'
import * as v from 'valibot'

/** What the results of some simulated workflows have to look like, by scenario. A review without a known topic does not fit. */
export const schemas: Readonly<Record<string, StandardSchema>> = {
  'json-result': v.object({
    sentiment: v.picklist(['positive', 'mixed', 'negative']),
    score: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(5)),
    topics: v.pipe(v.array(v.string()), v.minLength(1, 'There has to be at least one topic')),
    summary: v.string(),
  }),
}
