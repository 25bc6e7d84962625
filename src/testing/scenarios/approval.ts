import { scenario } from '../scenario.ts'
import { finish, text, think, toolCall, waitForApproval } from '../stepBuilders.ts'
import type { Turn } from '../steps.ts'

/** A Wait node pauses the run until somebody says yes or no. */
export const approval = scenario({
  id: 'approval',
  name: 'Offer with approval',
  description: 'Drafts an offer, waits until somebody approves it, and sends it. A rejected offer is archived.',
  sampleInput: 'Offer for 40 seats, 15 % discount, to Hopper & Sons',
  nodes: [
    { id: 'draft', type: 'action', name: 'Draft offer', operationId: 'op-docs-create', connectionId: 'conn-docs', next: ['sign-off'] },
    { id: 'sign-off', type: 'wait', name: 'Sales lead signs off', next: ['send', 'archive'], definition: { type: 'hitl', notification_settings: { email: ['lead@example.com'] } } },
    { id: 'send', type: 'action', name: 'Send offer', operationId: 'op-mail-send', connectionId: 'conn-mail', next: ['confirm'] },
    { id: 'archive', type: 'action', name: 'Archive offer', operationId: 'op-docs-archive', connectionId: 'conn-docs' },
    { id: 'confirm', type: 'summarizer', name: 'Confirm' },
  ],
  run: [
    think({ title: 'Check the discount', thought: '15 % is above what may go out without a signature.', action: 'ask the sales lead', confidence: 0.92 }),
    toolCall('draft', { tool: 'Create document', input: (turn: Turn) => ({ title: turn.text }), output: { document: 'OFFER-118', total: 14_280 }, ms: 900 }),
    waitForApproval('sign-off', {
      rejected: [
        toolCall('archive', { tool: 'Archive document', input: { document: 'OFFER-118' }, output: { archived: true }, ms: 400 }),
        finish('The sales lead did not approve the offer. It is archived as OFFER-118.'),
      ],
    }),
    toolCall('send', { tool: 'Send e-mail', input: { to: 'hopper@example.com', document: 'OFFER-118' }, output: { messageId: 'm-5521' }, ms: 700 }),
    toolCall('confirm', { during: [text('The offer was approved and is on its way to Hopper & Sons.')], output: { sent: true } }),
    finish(),
  ],
})
