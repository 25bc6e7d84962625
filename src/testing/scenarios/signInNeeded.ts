import { scenario } from '../scenario.ts'
import { finish, signIn, text, think, toolCall } from '../stepBuilders.ts'
import type { Turn } from '../steps.ts'

/** The user has to sign in at a tool's server before the run can go on. */
export const signInNeeded = scenario({
  id: 'sign-in',
  name: 'Search with sign-in',
  description: 'Searches the documents of the user, who has to sign in there first.',
  sampleInput: 'Where is the onboarding checklist?',
  nodes: [
    { id: 'search', type: 'action', name: 'Search documents', operationId: 'op-docs-search', connectionId: 'conn-docs', next: ['answer'] },
    { id: 'answer', type: 'summarizer', name: 'Answer' },
  ],
  run: [
    think({ title: 'Needs the documents', thought: 'The answer is in the user’s own documents, which need their sign-in.', action: 'ask for it', confidence: 0.95 }),
    signIn({ serverName: 'Team documents', serverUrl: 'https://mcp.docs.example.com', connector: 'Team documents' }),
    toolCall('search', { input: (turn: Turn) => ({ query: turn.text }), output: { hits: [{ title: 'Onboarding checklist', folder: 'People' }] }, ms: 900 }),
    toolCall('answer', { during: [text('The onboarding checklist is in the folder “People”; it was last changed on Monday.')], output: { sources: 1 } }),
    finish(),
  ],
})
