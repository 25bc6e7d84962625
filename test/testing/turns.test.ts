import { describe, expect, it } from 'vitest'
import { manualClock } from '../../src/testing.ts'
import { readFrames, type Fields } from './readStream.ts'
import { serve, type Served } from './serve.ts'

async function ask({ stream }: Served, question: string, taskId?: string): Promise<{ readonly taskId: string; readonly answer: unknown; readonly createdTaskId: string }> {
  const frames = await readFrames(await stream('question-and-answer', question, taskId === undefined ? {} : { id: taskId }))
  return { taskId: frames[0]!.task_id, createdTaskId: (frames[0]!.data as Fields).id as string, answer: (frames.at(-1)!.data as Fields).result }
}

describe('a conversation', () => {
  it('stays one task, which begins every turn with task_created', async () => {
    const served = await serve()

    const first = await ask(served, 'My name is Ada.')
    const second = await ask(served, 'And now?', first.taskId)

    expect(second).toMatchObject({ taskId: first.taskId, createdTaskId: first.taskId })
    expect(served.simulator.tasks).toHaveLength(1)
  })

  it('remembers the name, counts the questions, and quotes the last', async () => {
    const served = await serve()

    const { taskId, answer } = await ask(served, 'My name is Ada.')
    const second = await ask(served, 'What is my name?', taskId)
    const third = await ask(served, 'What did I ask?', taskId)

    expect(answer).toBe('Nice to meet you, Ada. Ask me anything.')
    expect(second.answer).toBe('Your name is Ada.')
    expect(third.answer).toBe('Ada, this is question number 3. Before it you asked: “What is my name?”.')
  })

  it('knows nothing of another one', async () => {
    const served = await serve()
    await ask(served, 'My name is Ada.')

    expect((await ask(served, 'What is my name?')).answer).toBe('You have not told me your name yet.')
  })

  it('keeps one record, updated in place, and all turns in the thread', async () => {
    const served = await serve()
    const first = await ask(served, 'first')
    const before = (await (await served.get(`/v1/tasks/${first.taskId}`)).json()) as Fields

    await ask(served, 'second', first.taskId)

    const after = (await (await served.get(`/v1/tasks/${first.taskId}`)).json()) as Fields
    const thread = (await (await served.get(`/v1/tasks/${first.taskId}/thread`)).json()) as readonly Fields[]
    expect(after).toMatchObject({ id: before.id, input: { text: 'second' } })
    expect(String(after.created_at) > String(before.finished_at)).toBe(true)
    expect(thread.map((message) => [message.id, message.role])).toEqual([
      [`${first.taskId}_user_1`, 'user'],
      [`${first.taskId}_agent_1`, 'assistant'],
      [`${first.taskId}_user_2`, 'user'],
      [`${first.taskId}_agent_2`, 'assistant'],
    ])
    expect(thread[2]).toMatchObject({ content: 'second' })
  })

  it('cancels the turn that still runs when the next one is posted', async () => {
    const clock = manualClock()
    const served = await serve({ clock, speed: 1 })
    const first = await served.stream('slow-run', 'first')
    await clock.advance(1000)
    const taskId = served.simulator.tasks[0]!.id

    const second = await served.stream('slow-run', 'second', { id: taskId })
    await clock.runAll()

    expect((await readFrames(first)).at(-1)).toMatchObject({ type: 'task_finished', data: { status: 'stopped', input: { text: 'first' } } })
    expect((await readFrames(second)).at(-1)).toMatchObject({ type: 'task_finished', data: { status: 'completed', input: { text: 'second' } } })
  })
})
