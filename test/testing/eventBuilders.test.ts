import { describe, expect, it } from 'vitest'
import {
  analyzeEvent,
  authEvent,
  chunk,
  connected,
  contentChunk,
  createWorkflowSimulator,
  errorEvent,
  frame,
  planUpdated,
  subAgentTrigger,
  taskCompactization,
  taskCompleted,
  taskCreated,
  taskFinished,
  taskSnapshot,
  taskStarted,
  taskUpdated,
  thinkEvent,
  timed,
  toolCallRequest,
  toolCallResult,
  toSse,
  turnFinished,
  turnStarted,
} from '../../src/testing.ts'
import { parseEvents, parseFrames, readFrames, type Fields } from './readStream.ts'
import { streamInMemory } from './serve.ts'

describe('a frame', () => {
  it.each([
    ['task_created', taskCreated()],
    ['task_updated', taskUpdated()],
    ['task_finished', taskFinished()],
    ['tool_call_request', toolCallRequest()],
    ['tool_call_result', toolCallResult()],
    ['sub_agent_trigger', subAgentTrigger()],
    ['think', thinkEvent()],
    ['analyze', analyzeEvent()],
    ['chunk', chunk('Hel')],
    ['plan_updated', planUpdated([])],
    ['auth_event', authEvent()],
    ['task_compactization', taskCompactization()],
    ['connected', connected()],
    ['turn_started', turnStarted()],
    ['turn_finished', turnFinished()],
  ])('%s has a full envelope', (type, built) => {
    expect(built).toEqual({
      type,
      task_id: expect.any(String) as string,
      organization_id: expect.any(String) as string,
      time: expect.stringMatching(/\.\d{6}Z$/) as string,
      data: expect.anything() as unknown,
    })
  })

  it.each([
    ['task_created', taskCreated],
    ['task_updated', taskUpdated],
    ['task_finished', taskFinished],
  ])('%s has all fields of a snapshot that the simulator sends', async (type, build) => {
    const frames = await readFrames(await streamInMemory(createWorkflowSimulator({ speed: 0 }), 'question-and-answer'))
    const sent = frames.find((candidate) => candidate.type === type)!.data as Fields

    expect(Object.keys(build().data as Fields).sort()).toEqual(Object.keys(sent).sort())
  })

  it.each([
    ['tool_call_request', toolCallRequest],
    ['tool_call_result', toolCallResult],
    ['sub_agent_trigger', subAgentTrigger],
  ])('%s has all fields that the simulator sends', async (type, build) => {
    const frames = await readFrames(await streamInMemory(createWorkflowSimulator({ speed: 0 }), 'report-pipeline'))
    const sent = frames.find((candidate) => candidate.type === type)!.data as Fields

    expect(Object.keys(build().data as Fields).sort()).toEqual(Object.keys(sent).sort())
  })

  it('takes what matters and keeps the rest', () => {
    expect(toolCallRequest({ graph_node_id: 'search' }, { task_id: 'child' })).toMatchObject({ task_id: 'child', data: { graph_node_id: 'search', tool_name: 'Tool' } })
    expect(taskFinished({ status: 'failed' }).data).toMatchObject({ status: 'failed', is_orchestration: true })
    expect(frame('new_kind', 1)).toMatchObject({ type: 'new_kind', data: 1 })
    expect(taskSnapshot({ title: 'A' })).toMatchObject({ title: 'A', status: 'pending' })
  })

  it('about a task names it twice, whichever of both was given', () => {
    expect(taskCreated({ id: 't-1' })).toMatchObject({ task_id: 't-1', data: { id: 't-1' } })
    expect(taskCreated({}, { task_id: 't-1' })).toMatchObject({ task_id: 't-1', data: { id: 't-1' } })
  })

  it('of the legacy protocol has its fields at top level', () => {
    expect([taskStarted(), contentChunk('Hel'), taskCompleted('Hello'), errorEvent('lost')]).toEqual([
      { type: 'task_started', task_id: expect.any(String) as string, timestamp: expect.any(String) as string },
      { type: 'content_chunk', content: 'Hel', is_final: false },
      { type: 'task_completed', task_id: expect.any(String) as string, result: 'Hello' },
      { type: 'error', error: 'lost' },
    ])
  })
})

describe('timed', () => {
  it('gives every frame a time of its own', () => {
    const frames = timed([taskCreated(), chunk('a'), taskStarted()], { startMs: 0, stepMs: 0.5 })

    expect(frames).toMatchObject([{ time: '1970-01-01T00:00:00.000000Z' }, { time: '1970-01-01T00:00:00.000500Z' }, { timestamp: '1970-01-01T00:00:00.001000Z' }])
  })
})

describe('toSse', () => {
  it('makes what an event stream parser reads', () => {
    const frames = [taskCreated(), chunk('line\nbreak “ü”'), taskFinished()]

    expect(parseFrames(toSse(frames))).toEqual(frames)
  })

  it('numbers the events when asked', () => {
    expect(parseEvents(toSse([chunk('a'), chunk('b')], { ids: true })).map((event) => event.id)).toEqual(['1', '2'])
  })

  it('sends text as it is, lines and all', () => {
    expect(parseEvents(toSse(['{"broken', 'two\r\nlines', ''])).map((event) => event.data)).toEqual(['{"broken', 'two\nlines', ''])
  })
})
