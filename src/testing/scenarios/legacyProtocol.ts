import { scenario } from '../scenario.ts'
import { finish, text } from '../stepBuilders.ts'

/** Speaks the protocol of November 2025: `task_started`, `content_chunk`, `task_completed`. */
export const legacyProtocol = scenario({
  id: 'legacy-protocol',
  name: 'Legacy protocol',
  description: 'Answers in the protocol of November 2025, which has no envelope, no node and no tool events.',
  sampleInput: 'Say something in the old way',
  protocol: 'legacy',
  nodes: [{ id: 'answer', type: 'summarizer', name: 'Answer' }],
  run: [text((turn) => `You wrote “${turn.text}”. This answer came as content_chunk frames, and its end is a task_completed.`), finish()],
})
