/** Work that waits at each `yield` for what it yields, where that is a promise; a rejection is thrown there. */
export type Steps<Answer = void> = Generator<unknown, Answer, unknown>

/**
 * Does the work within this call as long as there is nothing to wait for, so that one text serves storages that answer
 * at once and those that take their time (`isLate`). Never throws; `ended` is called however the work ended.
 */
export function runSteps<Answer>(steps: Steps<Answer>, ended: (answer: Answer | undefined, isLate: boolean) => void): void {
  const go = (next: () => IteratorResult<unknown, Answer>, isLate: boolean): void => {
    let answer: Answer | undefined
    try {
      let step = next()
      while (step.done !== true) {
        const { value } = step
        if (isPromise(value)) {
          value.then((given) => { go(() => steps.next(given), true) }, (error: unknown) => { go(() => steps.throw(error), true) })
          return
        }
        step = steps.next(value)
      }
      answer = step.value
    } catch {
      // What the work does not deal with itself ends it.
    }
    ended(answer, isLate)
  }
  go(() => steps.next(), false)
}

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function'
