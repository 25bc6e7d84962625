import { expect, it } from 'vitest'
import { WorkflowError } from '../../src/errors.ts'
import type { Fact } from '../../src/state/fact.ts'
import { persistTasks } from '../../src/store/persistTasks.ts'
import { authEvent, chunk, failure, submitted, taskCreated, taskFinished, toFacts } from '../state/frames.ts'
import { createMemoryStorage } from './memoryStorage.ts'
import { finished, openTab, running } from './persisted.ts'

it('revives errors as errors, without their cause', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  const error = new WorkflowError('invalid_request', 'submit', 'It failed', {
    status: 422, requestId: 'r1', retryAfterMs: 5, taskId: 'a', issues: [{ loc: ['body'], msg: 'bad', type: 'value' }], cause: new Error('secret-cause'),
  })
  tab.apply(
    ...finished('a'), submitted('More', { key: 'again', continues: 'a' }), { kind: 'refused', key: 'again', error },
    ...running('b'), { kind: 'lost', key: 'b', error: failure('connection_lost', 'recover') },
  )
  tab.close()

  const next = openTab(persistTasks(storage)).tasks()

  const { cause: _, ...fields } = error
  expect(next.a?.error).toBeInstanceOf(WorkflowError)
  expect(next.a?.error).toEqual(Object.assign(new WorkflowError('invalid_request', 'submit', 'It failed'), fields))
  expect(next.a).toMatchObject({ status: 'completed', text: 'Hello', turns: [{ error: null }, { status: 'error', error: { code: 'invalid_request' } }] })
  expect(next.b?.error).toMatchObject({ code: 'connection_lost', phase: 'recover', message: 'It failed' })
  expect(JSON.stringify([...storage.items])).not.toContain('secret-cause')
})

it.each([
  ['an output', { a: 1 }, null],
  ['an output that is a circle', [] as unknown[], null],
  ['issues', undefined, [{ message: 'It does not fit' }]],
])('keeps the result, not %s: the next page may have another schema', (_, output, issues) => {
  const storage = createMemoryStorage()
  if (Array.isArray(output)) output.push(output)
  const tab = openTab(persistTasks(storage))
  tab.apply(...finished('a'), { kind: 'outputChecked', key: 'submit-a', output, issues })
  tab.close()

  expect(openTab(persistTasks(storage)).tasks().a).toMatchObject({ result: 'Hello', output: undefined, outputIssues: null })
})

it('keeps the sign-in of a child run that of its parent too', () => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...running('a'), authEvent('login_required', { url: 'https://a' }, { task: 'a-task-2' }))
  tab.close()
  const next = openTab(persistTasks(storage))
  expect(next.tasks()).toMatchObject({ a: { auth: { url: 'https://a' } }, 'a-task-2': { auth: { url: 'https://a' } } })

  const [ready] = toFacts([authEvent('token_ready', {}, { task: 'a-task-2' })])
  next.apply({ kind: 'followed', key: 'a', taskId: 'a' }, { ...ready, key: 'a' } as Fact)

  expect(next.tasks()).toMatchObject({ a: { auth: null }, 'a-task-2': { auth: null } })
})

it('writes a long text once, however many places it has', () => {
  const storage = createMemoryStorage()
  const text = 'a long answer '.repeat(100)
  const tab = openTab(persistTasks(storage))
  tab.apply(submitted(), taskCreated({ task: 'a' }), chunk(text, { task: 'a' }), taskFinished({ task: 'a', result: text }))
  tab.close()

  expect(storage.items.get('use-workflow-stream:task:a')?.split(text)).toHaveLength(2)
  expect(openTab(persistTasks(storage)).tasks().a).toMatchObject({ text, result: text, turns: [{ text, result: text }] })
})

it.each(['\0', '\0#0', '\0-Infinity', '\\u0000#0', '__proto__', '\ud800'])('keeps a text that looks like none: %j', (text) => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...finished('a', { text, conversation: text }))
  tab.close()

  const next = openTab(persistTasks(storage))

  expect(next.tasks().a?.text).toBe(text)
  expect(Object.entries(next.store.getState().conversations)).toEqual([[text, 'a']])
})

it.each(['__proto__', 'constructor', 'index', 'toString'])('keeps a task called %s', (id) => {
  const storage = createMemoryStorage()
  const tab = openTab(persistTasks(storage))
  tab.apply(...finished(id))
  tab.close()

  expect(Object.keys(openTab(persistTasks(storage)).tasks())).toEqual([id, `${id}-task-2`])
})
