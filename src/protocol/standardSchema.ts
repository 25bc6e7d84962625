/** One complaint of a schema, as the Standard Schema specification (v1) words it. */
export interface StandardIssue {
  readonly message: string
  readonly path?: readonly (PropertyKey | { readonly key: PropertyKey })[] | undefined
}

/** Any schema that follows the Standard Schema specification (v1): zod, valibot, arktype and others. */
export interface StandardSchema<Output = unknown> {
  readonly '~standard': {
    readonly version: 1
    readonly vendor: string
    readonly validate: (value: unknown) => StandardResult<Output> | Promise<StandardResult<Output>>
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined
  }
}

export type StandardResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly StandardIssue[] }

/** A result after its schema: `issues` is `null` when it fits, and `output` is `undefined` when it does not. */
export interface CheckedOutput<Output = unknown> {
  readonly output: Output | undefined
  readonly issues: readonly StandardIssue[] | null
}

/**
 * Checks a task's result by a schema: as JSON, else as the text it is. Never throws or rejects; a validator that does is
 * an issue. The answer is a promise only when the validator's is.
 */
export function checkOutput<Output>(
  schema: StandardSchema<Output>,
  result: string,
): CheckedOutput<Output> | Promise<CheckedOutput<Output>> {
  try {
    const answer = schema['~standard'].validate(parse(result))
    return 'then' in answer ? answer.then(toChecked<Output>).catch(toIssue) : toChecked(answer)
  } catch (error) {
    return toIssue(error)
  }
}

function parse(result: string): unknown {
  try {
    return JSON.parse(result)
  } catch {
    return result
  }
}

const toChecked = <Output>(answer: StandardResult<Output>): CheckedOutput<Output> =>
  answer.issues ? { output: undefined, issues: answer.issues } : { output: answer.value, issues: null }

const toIssue = (error: unknown): CheckedOutput<never> => ({
  output: undefined,
  issues: [{ message: error instanceof Error ? error.message : 'The schema could not check the result' }],
})
