/** Something to be timed: answers how many milliseconds it took. */
export type Contender = () => Promise<number>

const WARM_UPS = 3

/** Medians of the contenders, who take turns so that a slow moment of the machine meets all of them. */
export async function medians<Names extends string>(
  repetitions: number,
  contenders: Readonly<Record<Names, Contender>>,
): Promise<Record<Names, number>> {
  const names = Object.keys(contenders) as Names[]
  const times = Object.fromEntries(names.map((name) => [name, [] as number[]])) as Record<Names, number[]>
  // What runs for the first times is not compiled yet, and not as it will be.
  for (let round = 0; round < WARM_UPS; round += 1) for (const name of names) await contenders[name]()
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    for (const name of names) {
      collectGarbage()
      times[name].push(await contenders[name]())
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(times[name])])) as Record<Names, number>
}

/** How long the work takes. */
export async function timed(work: () => unknown): Promise<number> {
  const startedAt = performance.now()
  await work()
  return performance.now() - startedAt
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

/** Bytes of the heap that something still refers to. */
export async function heapBytes(): Promise<number> {
  // What a finished promise or a closed stream held is let go a turn later.
  for (let round = 0; round < 3; round += 1) {
    collectGarbage()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  collectGarbage()
  if (typeof process !== 'undefined') return process.memoryUsage().heapUsed
  const { memory } = performance as Performance & { readonly memory: { readonly usedJSHeapSize: number } }
  return memory.usedJSHeapSize
}

/** Both Node and Chromium are started with `--expose-gc`. */
function collectGarbage(): void {
  (globalThis as { gc?: () => void }).gc?.()
}
