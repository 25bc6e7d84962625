import { describe, expectTypeOf, it } from 'vitest'
import { createWorkflowClient, useWorkflowNode, useWorkflowStream, useWorkflowTasks } from 'use-workflow-stream'
import type { RunStatus, TaskState, UseWorkflowStreamOptions, WorkflowClientOptions, WorkflowRun } from 'use-workflow-stream'

describe('the options of the hook', () => {
  it('are checked by name', () => {
    // @ts-expect-error workflowId is the one that is needed
    useWorkflowStream({})
    // @ts-expect-error it is workflowId
    useWorkflowStream({ workflowID: 'flow' })
    // @ts-expect-error it is taskId
    useWorkflowStream({ workflowId: 'flow', task: 'task' })
    // @ts-expect-error it is onSettled
    useWorkflowStream({ workflowId: 'flow', onFinish: () => undefined })
    // @ts-expect-error headers are the client's
    useWorkflowStream({ workflowId: 'flow', headers: {} })
    // @ts-expect-error body fields stand in request
    useWorkflowStream({ workflowId: 'flow', title: 'Mine' })
    // @ts-expect-error with select as well
    useWorkflowStream({ workflowId: 'flow', onFinish: () => undefined }, (run) => run.status)
  })

  it('are checked by value', () => {
    // @ts-expect-error an id is a text
    useWorkflowStream({ workflowId: 7 })
    // @ts-expect-error it is reject, queue or replace
    useWorkflowStream({ workflowId: 'flow', whenBusy: 'wait' })
    // @ts-expect-error it is stop or disconnect
    useWorkflowStream({ workflowId: 'flow', onUnmount: 'abort' })
    // @ts-expect-error a JSON Schema is no Standard Schema
    useWorkflowStream({ workflowId: 'flow', schema: { type: 'object' } })
    // @ts-expect-error it is told a turn
    useWorkflowStream({ workflowId: 'flow', onSettled: (turn: string) => { turn.trim() } })
  })

  it('may be undefined where they are optional', () => {
    expectTypeOf<{
      workflowId: string; version: undefined; taskId: undefined; onTaskId: undefined; id: undefined; client: undefined
      request: undefined; schema: undefined; whenBusy: undefined; onUnmount: undefined; onSettled: undefined
      onEvent: undefined; onError: undefined; onAuthRequired: undefined
    }>().toExtend<UseWorkflowStreamOptions>()
  })
})

describe('the options of the client', () => {
  it('are checked by name and value', () => {
    // @ts-expect-error it is baseUrl
    createWorkflowClient({ baseURL: '/api' })
    // @ts-expect-error a throttle is 'frame', milliseconds or false
    createWorkflowClient({ throttle: 'slow' })
    // @ts-expect-error a throttle that is true says nothing
    createWorkflowClient({ throttle: true })
    // @ts-expect-error the graph is 'auto' or false
    createWorkflowClient({ graph: true })
    // @ts-expect-error a list of events has a number as its bound
    createWorkflowClient({ maxEvents: '1000' })
    // @ts-expect-error keys do not belong into a browser, so there is no option for one
    createWorkflowClient({ apiKey: 'key' })
  })

  it('take headers by value, by function and by promise', () => {
    expectTypeOf<Headers>().toExtend<NonNullable<WorkflowClientOptions['headers']>>()
    expectTypeOf<[string, string][]>().toExtend<NonNullable<WorkflowClientOptions['headers']>>()
    expectTypeOf<() => Promise<{ authorization: string }>>().toExtend<NonNullable<WorkflowClientOptions['headers']>>()
    createWorkflowClient({
      headers: ({ attempt, reason }) => {
        expectTypeOf(attempt).toBeNumber()
        expectTypeOf(reason).toEqualTypeOf<'submit' | 'recover' | 'stop' | 'read' | 'unauthorized'>()
        return { 'x-attempt': String(attempt) }
      },
    })
  })
})

describe('a run', () => {
  it('is told apart by its status', () => {
    expectTypeOf<RunStatus>().toEqualTypeOf<
      'idle' | 'submitting' | 'pending' | 'executing' | 'paused' | 'completed' | 'failed' | 'error' | 'stopped'
    >()
    const run = useWorkflowStream({ workflowId: 'flow' })
    // @ts-expect-error there is no such status
    if (run.status === 'success') run.reset()
    // @ts-expect-error nor such a connection
    if (run.connection === 'connected') run.reset()
  })

  it('cannot be written to', () => {
    const run = useWorkflowStream({ workflowId: 'flow' })
    // @ts-expect-error only the store writes
    run.text = 'mine'
    // @ts-expect-error nor is its timeline a list of yours
    run.timeline.length = 0
    // @ts-expect-error nor are the steps in it
    run.timeline[0]!.steps[0]!.status = 'completed'
    expectTypeOf<WorkflowRun['turns']>().not.toExtend<unknown[]>()
  })

  it('is submitted a text, or text, files and a user', () => {
    const { submit } = useWorkflowStream({ workflowId: 'flow' })
    submit('Hi')
    submit({ files: ['https://example.com/a.pdf'], user: { email: 'ada@example.com', firstName: 'Ada' } })
    // @ts-expect-error there is nothing to submit
    submit()
    // @ts-expect-error files is a list
    submit({ files: 'https://example.com/a.pdf' })
    // @ts-expect-error the service requires a user's email
    submit({ text: 'Hi', user: { id: 'ada' } })
    // @ts-expect-error the workflow is the hook's
    submit('Hi', { workflowId: 'other' })
  })
})

describe('hooks by id', () => {
  it('are checked by name and value', () => {
    expectTypeOf(useWorkflowTasks({ status: ['completed'] })).toEqualTypeOf<readonly string[]>()
    expectTypeOf(useWorkflowNode('task', 'node')?.status).toEqualTypeOf<TaskState['timeline'][number]['status'] | undefined>()
    // @ts-expect-error there is no such status
    useWorkflowTasks({ status: 'done' })
    // @ts-expect-error there is no such filter
    useWorkflowTasks({ workflow: 'flow' })
    // @ts-expect-error which node is not said
    useWorkflowNode('task')
  })
})
