import { beforeAll, describe, expect, it } from 'vitest'
import { messagesOf } from './program.ts'

const head = `import { createWorkflowClient, useWorkflowStream } from 'use-workflow-stream'`

const unknownOptions = [
  [`useWorkflowStream({ workflowId: 'flow', onFinish: () => undefined })`, 'onFinish', 'UseWorkflowStreamOptions'],
  [`useWorkflowStream({ workflowId: 'flow', headers: {} }, (run) => run.status)`, 'headers', 'UseWorkflowStreamOptions'],
  [`useWorkflowStream({ workflowId: 'flow' }).submit('Hi', { think_mode: 'harder' })`, 'think_mode', 'SubmitOverrides'],
  [`createWorkflowClient({ apiKey: 'key' })`, 'apiKey', 'WorkflowClientOptions'],
  [`createWorkflowClient().submit({ workflowId: 'flow', input: 'Hi', id: 'task' })`, 'id', 'SubmitRequest'],
] as const

const wrongValues = [
  [`useWorkflowStream({ workflowID: 'flow' })`, /Did you mean to write 'workflowId'\?/],
  [`useWorkflowStream({})`, /Property 'workflowId' is missing/],
  [`useWorkflowStream({ workflowId: 7 })`, /^Type 'number' is not assignable to type 'string'\.$/],
  [`useWorkflowStream({ workflowId: 'flow', whenBusy: 'wait' })`, /^Type '"wait"' is not assignable to type 'WhenBusy \| undefined'\.$/],
  [`useWorkflowStream({ workflowId: 'flow', onUnmount: 'abort' })`, /^Type '"abort"' is not assignable to type '"disconnect" \| "stop" \| undefined'\.$/],
  [`createWorkflowClient({ throttle: 'slow' })`, /^Type '"slow"' is not assignable to type 'Throttle \| undefined'\.$/],
] as const

const sound = `useWorkflowStream({ workflowId: 'flow', client: createWorkflowClient({ baseUrl: '/api' }) })`

let messages: ReadonlyMap<string, readonly string[]>

// One program for all of them: the compiler reads the sources once.
beforeAll(() => { messages = messagesOf(head, [...[...unknownOptions, ...wrongValues].map(([line]) => line), sound]) }, 60_000)

describe('the message about a wrong option', () => {
  it.each(unknownOptions)('names it and whose it is not: %s', (line, option, type) => {
    expect(messages.get(line)).toEqual([
      expect.stringMatching(new RegExp(`^Object literal may only specify known properties, (and|but) '${option}' does not exist in type '${type}(<unknown>)?'\\.`)),
    ])
  })

  it.each(wrongValues)('says what to write instead: %s', (line, message) => {
    expect(messages.get(line)).toEqual([expect.stringMatching(message)])
  })

  it('is none where all is well', () => {
    expect(messages.get(sound)).toEqual([])
  })
})
