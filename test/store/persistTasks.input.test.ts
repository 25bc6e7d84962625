import { expect, it } from 'vitest'
import type { WorkflowInput } from '../../src/protocol/request.ts'
import type { Fact } from '../../src/state/fact.ts'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { submitted, taskCreated } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import { openTab } from './persisted.ts'

const asked = (input: WorkflowInput): Fact => ({ ...submitted(), input } as Fact)

it.each<[string, WorkflowInput, WorkflowInput]>([
  ['the text', { text: 'Hi' }, { text: 'Hi' }],
  ['not who asked', { text: 'Hi', user: { email: 'ada@secret.test', id: 'secret', additionalAttributes: { token: 'secret' } } }, { text: 'Hi' }],
  ['nothing that is not asked', { text: 'Hi', token: 'secret' } as WorkflowInput, { text: 'Hi' }],
  ['a file without what signs its address', { files: ['https://ada:secret@files.test/a.pdf?X-Signature=secret#secret'] }, { files: ['https://files.test/a.pdf'] }],
  ['a path without what signs it', { text: 'Hi', files: ['/files/a@b.pdf?token=secret'] }, { text: 'Hi', files: ['/files/a@b.pdf'] }],
  ['a file that is its own address', { files: ['data:text/plain,a?b#c'] }, { files: ['data:text/plain,a?b#c'] }],
])('keeps of what was asked %s', (_, input, kept) => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(asked(input), taskCreated({ task: 'a' }))
  tab.close()

  expect(openTab(persistTasks(storage)).tasks().a?.input).toEqual(kept)
  expect(JSON.stringify([...storage.items])).not.toContain('secret')
})
