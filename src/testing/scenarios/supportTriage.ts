import { scenario } from '../scenario.ts'
import { analyze, executed, finish, subAgent, text, think, toolCall, wait } from '../stepBuilders.ts'
import type { Step, StepList, Turn } from '../steps.ts'

/** A tool that fails and is tried again, a classifier that leaves branches out, a code node that is only seen as executed. */
export const supportTriage = scenario({
  id: 'support-triage',
  name: 'Support triage',
  description: 'Reads a ticket, decides who should have it, looks up what is needed, and answers the customer. Ask about an invoice, a login, or just say thanks.',
  sampleInput: 'I was charged twice for invoice 2026-0412',
  nodes: [
    { id: 'read-ticket', type: 'action', name: 'Read ticket', operationId: 'op-desk-get-ticket', connectionId: 'conn-desk', next: ['classify'] },
    {
      id: 'classify',
      type: 'classifier',
      name: 'Classify ticket',
      next: ['look-up-invoice', 'technical-help', 'log-feedback'],
      definition: {
        groups: [
          { id: 'billing', name: 'Billing', evaluation_criteria: 'Money, invoices, refunds.' },
          { id: 'technical', name: 'Technical', evaluation_criteria: 'Something does not work.' },
          { id: 'feedback', name: 'Feedback', evaluation_criteria: 'Praise, wishes, ideas.' },
        ],
        settings: {},
      },
    },
    { id: 'look-up-invoice', type: 'action', name: 'Look up invoice', operationId: 'op-billing-get-invoice', connectionId: 'conn-billing', maxRetries: 3, next: ['refund-policy'], condition: { type: 'equal', group_id: 'billing' } },
    { id: 'refund-policy', type: 'code', name: 'Apply refund policy', next: ['reply'], definition: { code: 'return {"refund": invoice["charges"] > 1}' } },
    { id: 'technical-help', type: 'agent', name: 'Technical helper', agentId: '8d0f7a36-41c2-4f0b-9e5d-2b7c1f90a6e3', next: ['reply'], condition: { type: 'equal', group_id: 'technical' } },
    { id: 'log-feedback', type: 'action', name: 'Log feedback', operationId: 'op-sheet-append', connectionId: 'conn-sheet', next: ['reply'], condition: { type: 'equal', group_id: 'feedback' } },
    { id: 'reply', type: 'summarizer', name: 'Write reply', definition: { instructions: 'Answer the customer in three sentences.', settings: {} } },
  ],
  run: [
    toolCall('read-ticket', { input: { ticket: 812 }, output: (turn: Turn) => ({ id: 812, from: 'jo@example.com', text: turn.text }), ms: 500 }),
    think({ title: 'What is it about?', thought: 'The wording decides who should have this ticket.', action: 'classify', confidence: 0.75 }),
    toolCall('classify', { input: (turn: Turn) => ({ text: turn.text }), output: (turn: Turn) => ({ group_id: groupOf(turn) }), ms: 700 }),
    (turn) => branches[groupOf(turn)],
    toolCall('reply', { tool: 'Output Summarizer', during: [text((turn) => replies[groupOf(turn)], { everyMs: 45 })], output: (turn: Turn) => replies[groupOf(turn)] }),
    finish(),
  ],
})

type Group = 'billing' | 'technical' | 'feedback'

function groupOf({ text: ticket }: Turn): Group {
  if (/\b(?:log ?in|password|error|crash|broken|slow|does not work|doesn't work)\b/i.test(ticket)) return 'technical'
  if (/\b(?:thanks?|thank you|love|idea|wish|great)\b/i.test(ticket)) return 'feedback'
  return 'billing'
}

const lookUp = (options: Parameters<typeof toolCall>[1]): Step => toolCall('look-up-invoice', { tool: 'Get invoice', input: { number: '2026-0412' }, ...options })

const branches: Readonly<Record<Group, readonly Step[]>> = {
  billing: [
    lookUp({ error: 'billing.example.com answered 503: maintenance', ms: 600 }),
    wait(500),
    lookUp({ error: 'billing.example.com did not answer within 1.2 s', ms: 1200 }),
    wait(900),
    lookUp({ output: { number: '2026-0412', amount: 49, charges: 2 }, ms: 500 }),
    wait(300),
    executed('refund-policy'),
    analyze({ title: 'Charged twice', result: 'refund 49.00 EUR', analysis: 'Two charges for one invoice: the policy refunds the second at once.', confidence: 0.97 }),
  ],
  technical: [
    subAgent('technical-help', {
      query: (turn) => `Help with: ${turn.text}`,
      run: [
        think('The status page may know about it already.'),
        toolCall(null, { tool: 'Status page', output: { incidents: [] }, ms: 700 }),
        toolCall(null, { tool: 'Search knowledge base', input: { query: 'sign-in loop' }, output: { article: 'KB-77: Clear the session cookie' }, ms: 900 }),
        text('Clearing the session cookie ends the sign-in loop.', { everyMs: 50 }),
        finish(),
      ] satisfies StepList,
    }),
  ],
  feedback: [toolCall('log-feedback', { tool: 'Append row', input: { sheet: 'Voice of the customer' }, output: { row: 1841 }, ms: 600 })],
}

const replies: Readonly<Record<Group, string>> = {
  billing: 'You were right: invoice 2026-0412 was charged twice. The second charge of €49.00 is on its way back to your card and takes two to three days. Sorry for the trouble.',
  technical: 'No incident is known, so this is most likely a stale session. Please clear the cookies of our site and sign in again (article KB-77 shows how). If it comes back, answer this message and a person takes over.',
  feedback: 'Thank you for writing. The whole team reads what you sent, and so does the person who plans the next release.',
}
