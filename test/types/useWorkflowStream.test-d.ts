import * as v from 'valibot'
import { describe, expectTypeOf, it } from 'vitest'
import { z } from 'zod'
import { createWorkflowClient, useWorkflowResult, useWorkflowStream, useWorkflowTask, useWorkflowTimeline } from 'use-workflow-stream'
import type { RunStatus, SettledTurn, SubmitHandle, TaskState, TimelineNode, WorkflowRun } from 'use-workflow-stream'

interface Ticket {
  readonly team: 'billing' | 'support'
  readonly urgent: boolean
}

const zodTicket = z.object({ team: z.enum(['billing', 'support']), urgent: z.boolean() }).readonly()
const valibotTicket = v.pipe(v.object({ team: v.picklist(['billing', 'support']), urgent: v.boolean() }), v.readonly())

describe('the schema of a hook', () => {
  it('types the output, from zod', () => {
    const run = useWorkflowStream({ workflowId: 'flow', schema: zodTicket })

    expectTypeOf(run.output).toEqualTypeOf<Ticket | undefined>()
  })

  it('types the output, from valibot', () => {
    const run = useWorkflowStream({ workflowId: 'flow', schema: valibotTicket })

    expectTypeOf(run.output).toEqualTypeOf<Ticket | undefined>()
  })

  it('types what a transform makes of it', () => {
    const run = useWorkflowStream({ workflowId: 'flow', schema: z.string().transform((text) => text.length) })

    expectTypeOf(run.output).toEqualTypeOf<number | undefined>()
  })

  it('types what a submit settles with', () => {
    const run = useWorkflowStream({ workflowId: 'flow', schema: zodTicket })
    const handle = run.submit('Hi')

    expectTypeOf(handle).toEqualTypeOf<SubmitHandle<Ticket>>()
    expectTypeOf(handle.settled).toEqualTypeOf<Promise<SettledTurn<Ticket>>>()
    expectTypeOf<Awaited<typeof handle.settled>['output']>().toEqualTypeOf<Ticket | undefined>()
  })

  it('types what onSettled is told', () => {
    useWorkflowStream({
      workflowId: 'flow',
      schema: zodTicket,
      onSettled: (turn) => { expectTypeOf(turn.output).toEqualTypeOf<Ticket | undefined>() },
    })
  })

  it('is unknown output where there is none', () => {
    const run = useWorkflowStream({ workflowId: 'flow' })

    expectTypeOf(run).toEqualTypeOf<WorkflowRun>()
    expectTypeOf(run.output).toBeUnknown()
    // @ts-expect-error what is unknown has to be looked at first
    run.output.team satisfies string
  })
})

describe('select', () => {
  it('narrows the answer', () => {
    const status = useWorkflowStream({ workflowId: 'flow' }, (run) => run.status)
    const both = useWorkflowStream({ workflowId: 'flow' }, ({ text, submit }) => ({ text, submit }))

    expectTypeOf(status).toEqualTypeOf<RunStatus>()
    expectTypeOf(both).toEqualTypeOf<{ text: string; submit: WorkflowRun['submit'] }>()
    // @ts-expect-error it was not selected
    both.status satisfies string
  })

  it('sees the typed output', () => {
    const team = useWorkflowStream({ workflowId: 'flow', schema: valibotTicket }, (run) => run.output?.team)

    expectTypeOf(team).toEqualTypeOf<'billing' | 'support' | undefined>()
  })

  it('narrows a task by its id', () => {
    expectTypeOf(useWorkflowTask('task')).toEqualTypeOf<TaskState | undefined>()
    expectTypeOf(useWorkflowTask('task', (task) => task?.text)).toEqualTypeOf<string | undefined>()
    expectTypeOf(useWorkflowTimeline('task')).toEqualTypeOf<readonly TimelineNode[]>()
    expectTypeOf(useWorkflowResult('task')?.output).toBeUnknown()
  })
})

describe('a client without React', () => {
  it('types what a submit settles with by its schema', () => {
    const client = createWorkflowClient()

    expectTypeOf(client.submit({ workflowId: 'flow', input: 'Hi', schema: zodTicket })).toEqualTypeOf<SubmitHandle<Ticket>>()
    expectTypeOf(client.submit({ workflowId: 'flow', input: 'Hi' })).toEqualTypeOf<SubmitHandle>()
  })
})
