import { describe, expect, it } from 'vitest'
import { chunk, replay, submitted, taskCreated, taskFinished, taskUpdated } from './frames.ts'

describe('turns', () => {
  it('opens one turn for a submit and the task_created that follows', () => {
    const task = replay([submitted('Hi'), taskCreated(), taskUpdated(), chunk('Hel'), chunk('lo'), taskFinished({ result: 'Hello!' })])

    expect(task).toMatchObject({ taskId: 'task-1', status: 'completed', text: 'Hello!' })
    expect(task.turns).toMatchObject([{ input: { text: 'Hi' }, status: 'completed', text: 'Hello!' }])
  })
})
