import * as valibot from 'valibot'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { checkOutput, type StandardSchema } from '../../src/protocol/standardSchema.ts'

const schemaOf = (validate: (value: unknown) => unknown): StandardSchema =>
  ({ '~standard': { version: 1, vendor: 'test', validate } }) as StandardSchema

const echo = schemaOf((value) => ({ value }))

describe('checkOutput', () => {
  it.each([
    ['{"a":[1]}', { a: [1] }],
    ['7', 7],
    ['null', null],
    ['"text"', 'text'],
    ['Routed to billing.', 'Routed to billing.'],
    ['', ''],
    ['{"a":', '{"a":'],
  ])('checks %j as %j', (result, checked) => {
    expect(checkOutput(echo, result)).toEqual({ output: checked, issues: null })
  })

  it.each<[string, StandardSchema<{ total: number }>]>([
    ['zod', z.object({ total: z.coerce.number() })],
    ['valibot', valibot.object({ total: valibot.pipe(valibot.unknown(), valibot.transform(Number), valibot.number()) })],
  ])('answers what a schema of %s made of it, at once', (_, schema) => {
    expect(checkOutput(schema, '{"total":"3"}')).toEqual({ output: { total: 3 }, issues: null })
  })

  it.each<[string, StandardSchema]>([
    ['zod', z.object({ total: z.number() })],
    ['valibot', valibot.object({ total: valibot.number() })],
  ])('answers the issues of a schema of %s', (_, schema) => {
    const checked = checkOutput(schema, '{"total":"3"}')

    expect(checked).toMatchObject({ output: undefined, issues: [{ message: expect.stringContaining('number') as string }] })
  })

  it('checks a schema that asks for text', () => {
    expect(checkOutput(z.string(), 'plain text')).toEqual({ output: 'plain text', issues: null })
  })

  it('waits for a validator that is asynchronous', async () => {
    const schema = z.string().refine(async (value) => value !== 'no', 'not that')

    await expect(checkOutput(schemaOf((value) => schema['~standard'].validate(value)), 'yes')).resolves.toEqual({ output: 'yes', issues: null })
    await expect(checkOutput(schema, 'no')).resolves.toMatchObject({ output: undefined, issues: [{ message: 'not that' }] })
  })

  it.each<[string, unknown, string]>([
    ['an error', new Error('broken'), 'broken'],
    ['nothing', undefined, 'The schema could not check the result'],
    ['what no text can be made of', Object.create(null), 'The schema could not check the result'],
  ])('turns %s that a validator throws or rejects with into one issue', async (_, thrown, message) => {
    const throwing = schemaOf(() => {
      throw thrown
    })
    const rejecting = schemaOf(() => Promise.reject(thrown))

    expect(checkOutput(throwing, '1')).toEqual({ output: undefined, issues: [{ message }] })
    await expect(checkOutput(rejecting, '1')).resolves.toEqual({ output: undefined, issues: [{ message }] })
  })

  it.each([undefined, null])('turns the answer %j, which is none, into one issue', async (answer) => {
    expect(checkOutput(schemaOf(() => answer), '1')).toMatchObject({ output: undefined, issues: [{}] })
    await expect(checkOutput(schemaOf(() => Promise.resolve(answer)), '1')).resolves.toMatchObject({ output: undefined, issues: [{}] })
  })
})
